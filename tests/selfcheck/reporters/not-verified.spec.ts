import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import { expect, type TestInfo, test } from '@playwright/test';
import { project } from '../support/reported-run.ts';

interface NotVerified {
  readonly notVerified: { test: string; because: string; need?: string; reason: string }[];
  readonly ran: string[];
}

const spec = `import { test } from '@playwright/test';
import { skipAsInconclusive, skipUnavailable } from '$root/fixtures/stack/optional/skip.ts';
test('runs anywhere', () => {});
test.describe('caching', () => {
  test('wants > a cache server', ({}, info) => { if (!process.env.HAS) skipUnavailable(info, 'cache server', 'there is none'); });
});
test('wants a GPU', ({}, info) => { skipUnavailable(info, 'gpu', 'there is none'); });
test('cannot tell', ({}, info) => skipAsInconclusive(info, true, 'the machine was too busy'));
test('is ruled out by the target', () => test.skip(true, 'the target has no capability sql'));
`;
const reporters = `['$root/fixtures/reporters/not-verified.ts', { outputFile: 'not-verified.json' }],`;
const start = (testInfo: TestInfo) =>
  project(testInfo, { 'a.spec.ts': spec }, { reporters, config: "projects: [{ name: 'some' }]" });

test('a run ends with a line for each missing optional dependency that says what was not verified and how to verify it', async ({}, testInfo) => {
  const { run } = await start(testInfo);
  const { output, json } = await run();
  expect(output).toMatch(
    /^ {2}no cache server \(1 test\): caching in .*\(RES-01, RES-02\)\. To verify it: .*CACHE_URL$/m,
  );
  expect(output).toMatch(/^ {2}no gpu \(1 test\): .*MODEL_DEVICE=cuda$/m);
  expect(output).toMatch(/^ {2}inconclusive \(1 test\), .*: \[some\] › a\.spec\.ts › cannot tell$/m);
  const { notVerified = [], ran } = (await json<NotVerified>('not-verified.json')) ?? {};
  expect(ran).toEqual(['[some] › a.spec.ts › runs anywhere']);
  expect(notVerified.map(({ test, because, need }) => [test.split(' › ').at(-1), because, need])).toEqual([
    ['wants > a cache server', 'for want of', 'cache server'],
    ['wants a GPU', 'for want of', 'gpu'],
    ['cannot tell', 'inconclusive', undefined],
    ['is ruled out by the target', 'skipped', undefined],
  ]);
});

const verified = fileURLToPath(new URL('../../../.ci/verified.ts', import.meta.url));

/** Compares two runs as CI does. @param without optional dependencies that its machines cannot have */
async function compare(folder: string, runs: readonly [NotVerified, NotVerified], ...without: string[]) {
  const files = await Promise.all(
    runs.map(async (run, index) => {
      const file = join(folder, `run-${index}.json`);
      await writeFile(file, JSON.stringify(run));
      return file;
    }),
  );
  const { code = 0, stdout } = (await promisify(execFile)(process.execPath, [verified, ...files, ...without]).catch(
    (error: { code: number; stdout: string }) => error,
  )) as { code?: number; stdout: string };
  return { code, output: stripVTControlCharacters(stdout) };
}

test('CI runs the tests that the bare machine skipped, and fails if a test ran on neither machine', async ({}, testInfo) => {
  const { run, folder } = await start(testInfo);
  const bare = (await (await run()).json<NotVerified>('not-verified.json')) as NotVerified;
  const { code, output, json } = await run(['test', '--test-list', 'not-verified.txt'], { HAS: 'yes' });
  expect(code, output).toBe(0);
  const rest = (await json<NotVerified>('not-verified.json')) as NotVerified;
  expect(rest.ran).toEqual(['[some] › a.spec.ts › caching › wants > a cache server']);

  const neither = await compare(folder, [bare, rest], 'gpu');
  expect(neither.code).toBe(1);
  expect(neither.output).toContain(
    'Ran neither where nothing optional is installed nor where it is:\n' +
      '  [some] › a.spec.ts › is ruled out by the target\n    the target has no capability sql\n',
  );
  const known = { ...bare, notVerified: bare.notVerified.filter(({ because }) => because !== 'skipped') };
  expect(await compare(folder, [known, rest])).toMatchObject({
    code: 1,
    output: expect.stringContaining('wants a GPU'),
  });
  expect(await compare(folder, [known, rest], 'gpu')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^2 passed, 0 failed, 2 skipped$/m),
  });
});
