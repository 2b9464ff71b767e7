import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestInfo } from '@playwright/test';
import type { JSONReport } from '@playwright/test/reporter';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const cli = join(root, 'node_modules/@playwright/test/cli.js');

export interface ReportedRun {
  readonly code: number;
  readonly output: string;
  /** Parsed, or null where the reporter wrote nothing. */
  json<T>(file: string): Promise<T | null>;
  readonly report: JSONReport | null;
}

/** A folder with specs and a config that has the reporters, to run Playwright in; `$root` in a text is this project's. */
export async function project(
  testInfo: TestInfo,
  specs: Record<string, string>,
  { config = '', reporters = '' }: { config?: string; reporters?: string } = {},
): Promise<{ folder: string; run(args?: readonly string[], env?: Record<string, string>): Promise<ReportedRun> }> {
  const folder = testInfo.outputPath('project');
  await mkdir(folder, { recursive: true });
  const files = {
    'playwright.config.ts': `export default {
  testDir: '.', outputDir: './results', timeout: 10_000,
  reporter: [
    ['json', { outputFile: 'report.json' }],
    ['$root/fixtures/reporters/requirements.ts', { outputFile: 'requirements.json' }],
    ['$root/fixtures/reporters/latency.ts', { outputFile: 'latency.json' }],
    ${reporters}
  ],
  ${config}
};`,
    ...specs,
  };
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text.replaceAll('$root/', root));

  return {
    folder,
    async run(args = ['test'], env = {}) {
      const { code, output } = await playwright(folder, args, env);
      const json = async <T>(file: string): Promise<T | null> =>
        readFile(join(folder, file), 'utf8').then(
          (text) => JSON.parse(text) as T,
          () => null,
        );
      return { code, output, json, report: await json<JSONReport>('report.json') };
    },
  };
}

function playwright(
  cwd: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; output: string }> {
  // What ties this process to the run that it is part of must not tie the inner run to it.
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(PLUMBLINE_|TEST_|PW_|PLAYWRIGHT_|GITHUB_|FORCE_COLOR|CI$)/.test(name),
  );
  const options = { cwd, env: { ...Object.fromEntries(own), ...env, FORCE_COLOR: '0' }, timeout: 60_000 };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: `${stdout}${stderr}` }),
    );
  });
}

/** Attachments of the run's first test with that title. */
export function attachmentsOf(report: JSONReport | null, title: string) {
  const specs = (report?.suites ?? []).flatMap(({ specs }) => specs);
  const results = specs.find((spec) => spec.title === title)?.tests[0]?.results ?? [];
  return results.flatMap(({ attachments }) => attachments);
}
