import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { loadConfig } from '../../../../fixtures/config/index.ts';
import { createBundles } from '../../../../fixtures/stack/bundle/index.ts';
import { skipWithout } from '../../../../fixtures/stack/optional/skip.ts';
import { saying, startsOf, writeService } from './service.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const run = promisify(execFile);
const bundling = 'bundling the small service (once; later runs start from the kept bundle)';

/** Bundles in this process. @returns the script that is to be started, and what the progress said */
async function bundle(script: string, cache: string, called = 'the small service') {
  const progress: string[] = [];
  const { script: started } = await createBundles(cache, (line) => progress.push(line)).of(script, called, false);
  return { started, progress };
}

test('a service whose source has changed is bundled anew, and a changed-back one starts from the first bundle', async ({}, testInfo) => {
  const { script, cache, write } = writeService(testInfo);
  await using runs = startsOf(cache);
  const urls: unknown[] = [];
  for (const word of ['one', 'one', 'two', 'one']) {
    write('word.ts', saying(word));
    const { outcome } = await runs.start(script);
    urls.push(outcome.ok ? outcome.value.url : outcome.error);
  }
  expect(urls, 'what each start says comes from the sources as they are').toEqual([
    ...['http://one', 'http://one', 'http://two', 'http://one'],
  ]);
  expect(runs.progress, 'only the first start and the changed one made a bundle').toEqual([bundling, bundling]);
});

test('a bundle is made anew when a file of a package in it has changed or the kept one is torn', async ({}, testInfo) => {
  const { script, cache } = writeService(testInfo, { 'word.ts': `export { word } from 'packaged';\n` });
  const packaged = path.join(path.dirname(path.dirname(script)), 'node_modules/packaged');
  fs.mkdirSync(packaged, { recursive: true });
  fs.writeFileSync(path.join(packaged, 'package.json'), '{ "version": "1.0.0" }');
  fs.writeFileSync(path.join(packaged, 'index.js'), `'use strict';\nexports.word = () => __dirname;\n`);
  const first = await bundle(script, cache);
  fs.writeFileSync(path.join(packaged, 'package.json'), '{ "version": "1.0.1" }');
  const second = await bundle(script, cache);
  expect(second.progress, 'another version of a package is another bundle').toEqual([bundling]);
  expect(second.started).not.toBe(first.started);
  fs.truncateSync(second.started, 100);
  const third = await bundle(script, cache);
  expect(third.progress, 'half a bundle is none').toEqual([bundling]);
  expect(third.started).toBe(second.started);
  await using runs = startsOf(cache);
  const { outcome } = await runs.start(script);
  expect(outcome, 'a bundled package is told the folder that it really is in').toMatchObject({
    value: { url: `http://${fs.realpathSync(packaged)}` },
  });
});

test('processes that bundle the same service at the same time all start it from one whole bundle', async ({}, testInfo) => {
  const { script, cache } = writeService(testInfo);
  const code = `
    const { createBundles } = await import(${JSON.stringify(path.join(root, 'fixtures/stack/bundle/index.ts'))});
    const { script } = await createBundles(${JSON.stringify(cache)}, () => {}).of(${JSON.stringify(script)}, 'it', false);
    const { spawnSync } = await import('node:child_process');
    const { stdout } = spawnSync(process.execPath, [script], { timeout: 2_000, encoding: 'utf8' });
    console.log(JSON.stringify([script, stdout]));`;
  const all = await Promise.all(
    [1, 2, 3].map(() => run(process.execPath, ['--input-type=module', '-e', code], { cwd: root })),
  );
  const [made = []] = all.map(({ stdout }) => JSON.parse(stdout) as string[]);
  for (const { stdout } of all) expect(JSON.parse(stdout)).toEqual(made);
  expect(made[0]).toContain(cache);
  expect(made[1]).toContain('"listening"');
  const left = fs.readdirSync(path.join(cache, 'bundles'));
  expect(left.filter((name) => name.includes('building'))).toEqual([]);
});

const reasons: [string, (at: ReturnType<typeof writeService>) => Record<string, string>, RegExp][] = [
  [
    'whose cache folder cannot be written',
    ({ cache }) => {
      fs.writeFileSync(cache, 'a file, where the folder should be');
      return {};
    },
    /its bundle could not be kept \(E(NOTDIR|EXIST)/,
  ],
  [
    'that cannot be bundled',
    ({ write }) => {
      write('more.ts', `export const more = () => import('no-such-package');\n`);
      write('word.ts', `import { more } from './more.ts';\n${saying('one')}export { more };\n`);
      return {};
    },
    /it could not be bundled \(more\.ts:1: Could not resolve "no-such-package"\)/,
  ],
  [
    'whose coverage is measured',
    ({ cache }) => ({ NODE_V8_COVERAGE: `${cache}-coverage` }),
    /its coverage is measured$/,
  ],
];

for (const [which, given, why] of reasons)
  test(`a service ${which} starts from its sources, and the run says why once`, async ({}, testInfo) => {
    // What a process runs is read in /proc.
    skipWithout(testInfo, 'linux');
    const service = writeService(testInfo);
    const env = given(service);
    await using runs = startsOf(service.cache);
    for (const _ of [1, 2]) {
      const { outcome } = await runs.start(service.script, env);
      expect(outcome, 'the service starts all the same').toMatchObject({ ok: true, value: { url: 'http://one' } });
      expect(runs.scriptOf(outcome.ok ? outcome.value.pid : 0)).toBe(service.script);
    }
    const said = runs.progress.filter((line) => line !== bundling);
    expect(said).toEqual([expect.stringMatching(why)]);
    expect(said[0]).toMatch(/^the small service starts from its sources, which takes longer: /);
  });

test('a cache folder where none can be made gives the sources rather than a loop that never ends', async ({}, testInfo) => {
  skipWithout(testInfo, 'linux');
  const { script } = writeService(testInfo);
  const { started, progress } = await bundle(script, '/proc/plumbline/cache');
  expect(started, 'the service starts from its sources').toBe(script);
  expect(progress.join()).toMatch(/^the small service starts from its sources.*its bundle could not be kept \(ENOENT/);
});

test('the log of a bundled service that crashes names the file and the line of its source', async ({}, testInfo) => {
  const { script, cache } = writeService(testInfo, {
    'word.ts': `interface Nothing {\n  here?: string;\n}\nexport const word = (_?: Nothing): string => {\n  throw new RangeError('no word');\n};\n`,
  });
  await using runs = startsOf(cache);
  const { outcome, log } = await runs.start(script);
  const place = /at word \(file:\/\/\S+\/small\/word\.ts:5:9\)/;
  expect(log).toContain('RangeError: no word');
  expect(log).toMatch(place);
  expect(log).not.toContain('.mjs');
  expect(outcome).toMatchObject({ ok: false, error: expect.stringMatching(place) });
});

test('two classes of errors that are called alike keep that name in a bundled service', async ({}, testInfo) => {
  const { script, cache } = writeService(testInfo, {
    'other.ts': `export class NoWord extends RangeError {}\n`,
    'word.ts': `import { NoWord as Other } from './other.ts';\nclass NoWord extends TypeError {}\nexport const word = (): string => [NoWord, Other].map(({ name }) => name).join('-');\n`,
  });
  await using runs = startsOf(cache);
  const { outcome } = await runs.start(script);
  expect(runs.progress).toEqual([bundling]);
  expect(outcome, 'the names of both classes').toMatchObject({ ok: true, value: { url: 'http://NoWord-NoWord' } });
});

test('the reference service can be bundled, and says what is wrong with its settings as it does from its sources', async () => {
  const main = path.join(root, 'servers/reference/main.ts');
  const { started, progress } = await bundle(main, loadConfig().PLUMBLINE_CACHE_DIR, 'the reference service');
  expect(progress.join('\n')).not.toContain('sources');
  expect(started, 'processes are known by the script that they run').toMatch(/\/reference\/main\.ts\.mjs$/);
  const said = await Promise.all(
    [main, started].map((script) =>
      run(process.execPath, [script], { env: {} }).then(
        () => 'it started',
        (error: { stderr: string }) => error.stderr,
      ),
    ),
  );
  expect(said[0]).toContain('The reference service cannot start');
  expect(said[1]).toBe(said[0]);
});
