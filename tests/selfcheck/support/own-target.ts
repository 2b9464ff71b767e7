import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestInfo } from '@playwright/test';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A change to a file of a target: text that stands in it, and what replaces it. */
export type Change = readonly [file: string, from: string, to: string];

/**
 * Copies a service of tests/targets, with some text replaced.
 *
 * @returns the path of the copy's description
 * @throws where a text that is to be replaced does not stand in its file
 */
export function copyTarget(testInfo: TestInfo, name: string, changes: readonly Change[] = []): string {
  const folder = testInfo.outputPath('target');
  fs.cpSync(path.join(root, 'tests/targets', name), folder, { recursive: true });
  if (!fs.existsSync(path.join(folder, 'node_modules')))
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const description = path.join(folder, 'plumbline.target.ts');
  const imports: Change = ['plumbline.target.ts', '../../../projects/', `${root}projects/`];
  for (const [file, from, to] of [imports, ...changes]) {
    const text = fs.readFileSync(path.join(folder, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} of ${name} has no ${JSON.stringify(from)}: correct the test.`);
    fs.writeFileSync(
      path.join(folder, file),
      text.replace(from, () => to),
    );
  }
  return description;
}
