import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestInfo } from '@playwright/test';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A piece of a file of the example, and what stands in its place. */
export type Change = readonly [file: string, from: string, to: string];

/**
 * Copies the example target to a folder of the test's own, with faults planted in it.
 *
 * @returns the environment of a run against it
 * @throws where a piece to be replaced is not there: the fault would not be planted
 */
export async function salesTarget(testInfo: TestInfo, ...changes: readonly Change[]): Promise<Record<string, string>> {
  const folder = testInfo.outputPath(`sales-${Math.random().toString(36).slice(2, 8)}`);
  await cp(path.join(root, 'tests/targets/text-to-sql'), folder, { recursive: true });
  const description = 'plumbline.target.ts';
  // The folder may stand anywhere (`--output`): it says itself that its files are modules.
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
  // The copies find the harness, and the server its client of Postgres, where this project is.
  const always: readonly Change[] = [
    [description, "'../../../projects/define.ts'", JSON.stringify(path.join(root, 'projects/define.ts'))],
    ['server.mjs', "from 'pg'", `from ${JSON.stringify(path.join(root, 'node_modules/pg/esm/index.mjs'))}`],
  ];
  for (const [file, from, to] of [...always, ...changes]) {
    const at = path.join(folder, file);
    const text = await readFile(at, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} of the example has no ${from}: plant the fault elsewhere`);
    await writeFile(at, text.replace(from, to));
  }
  return { TARGET_PROFILE: path.join(folder, description), PLUMBLINE_BASELINES: path.join(folder, 'kept') };
}
