import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestInfo } from '@playwright/test';
import { type InlineRun, runConfigured } from '../support/inline-run.ts';
import { secretSettings } from './canaries.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const config = `import { definePlumbline } from '$root/projects/define.ts';
export default definePlumbline({
  testDir: '.', suites: [], workers: 1, timeout: 30_000, outputDir: './test-results', use: { trace: 'on' },
  globalTeardown: './teardown.ts',
  reporter: [
    ['list'], ['line'], ['dot'], ['html', { open: 'never', outputFolder: 'html' }], ['json', { outputFile: 'report.json' }],
    ['junit', { outputFile: 'junit.xml', includeProjectInTestName: true }], ['blob', { outputDir: 'blob' }],
    ['./theirs.ts', { outputFile: 'theirs/log.txt' }],
  ],
});`;

/** A reporter that writes a key from the environment, which no test passed to it. */
const theirs = `import { mkdirSync, writeFileSync } from 'node:fs';
export default class Theirs {
  printsToStdio() { return false; }
  onEnd() {
    mkdirSync('theirs', { recursive: true });
    writeFileSync('theirs/log.txt', 'key: ' + process.env.TARGET_API_KEY);
  }
}`;

const teardown = `export default () => { console.log('torn down', process.env.TARGET_API_KEY); };`;

const head = `import { test, expect } from '$root/fixtures/index.ts';
import { ways } from '$root/tests/selfcheck/redact/ways.ts';
const numbered = Object.keys(ways).map((way, i) => [way, '/said/' + i] as const);
import { canaries } from '$root/tests/selfcheck/redact/canaries.ts';
const key = process.env.TARGET_API_KEY as string;
const own = canaries["an own server's key"];
`;

const green = `${head}
import { writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
test('takes ' + key, { annotation: { type: 'key', description: key } }, async ({ http, evidence, _model }, testInfo) => {
  evidence.secret(own);
  const issued = (await http.request('POST', '/login')).json() as { access_token: string };
  // Only the sweep can find this file: no reporter writes it, and no setting names it.
  writeFileSync('test-results/issued.txt', 'token: ' + issued.access_token);
  await testInfo.attach('the providers', { body: JSON.stringify(_model), contentType: 'application/json' });
  await testInfo.attach('stack', { body: JSON.stringify([{ role: 'model', provider: 'of ' + key, reason: key }]), contentType: 'application/json' });
  await testInfo.attach('smoke', { body: JSON.stringify({ target: key, greetings: [] }), contentType: 'application/json' });
  for (const [way, path] of numbered) {
    const answer = await http.stream('GET', path);
    let text = answer.kind === 'plain' ? answer.text : '';
    if (answer.kind !== 'plain') for await (const event of answer.events) text += 'data: ' + event.data + '\\n\\n';
    await test.step('asks ' + way + ': ' + text, async (step) => {
      await step.attach('said ' + text.slice(0, 30), { body: text });
    });
    testInfo.annotations.push({ type: 'way', description: text });
    console.log(text);
    console.error(text);
    const file = testInfo.outputPath('said-' + way.replace(/\\W+/g, '-') + '.txt');
    writeFileSync(file, text);
    testInfo.attachments.push({ name: way, path: file, contentType: 'text/plain' });
    await testInfo.attach(way, { body: Buffer.from(text), contentType: 'text/plain' });
  }
  process.stdout.write('first half ' + key.slice(0, 6));
  process.stdout.write(key.slice(6) + '\\n');
});`;

const red = `${head}
import { attach } from '$root/fixtures/target/attach.ts';
test('is refused', async ({ http, evidence, config, profile }, testInfo) => {
  evidence.secret(own);
  await http.request('POST', '/login');
  evidence.onFailure('log of the service', async () => (await http.request('GET', '/said/0')).text);
  for (const [way, path] of numbered) {
    const answer = await http.request('GET', path);
    expect.soft(answer.text, 'what it says ' + way).toBe('nothing');
    expect.soft({ deep: [answer.text] }, answer.text).toEqual({ deep: [] });
    expect.soft(answer.text.split('\\n')).toContain('nothing');
    expect.soft(() => answer.json()).not.toThrow();
    expect.soft([...answer.bytes].slice(0, 60)).toEqual([]);
    await test.step('fails ' + way, () => { throw new Error('It said ' + answer.text, { cause: new Error(answer.text) }); }).catch((error) => {
      expect.soft(error, String(error.message)).toBeUndefined();
    });
  }
  const address = { ...config, TARGET_URL: config.TARGET_URL + '/broken' };
  const hostile = '\\x1b]0;owned\\x07\\0\\b\\r\\u202eend';
  console.log(hostile);
  console.error(hostile);
  expect.soft('said ' + hostile).toBe('nothing');
  await attach(address, profile, AbortSignal.timeout(5_000));
});
test('throws what is no error', () => { throw { was: key }; });
test.describe('in hooks', () => {
  test.beforeAll(() => { throw new Error('before all ' + key); });
  test('is never run', () => {});
});
test('sees a child write', async () => {
  const { spawnSync } = await import('node:child_process');
  spawnSync(process.execPath, ['-e', 'console.log("a child says " + process.env.TARGET_API_KEY)'], { stdio: 'inherit' });
  setTimeout(() => { throw new Error('unhandled ' + key); }, 1);
  await new Promise(() => {});
});`;

/** A folder with a configuration of all reporters, a passing spec and a failing spec, to be run with every secret. */
export function secretProject(
  testInfo: TestInfo,
  url: string,
): { folder: string; run(args?: string[], env?: Record<string, string>): Promise<InlineRun> } {
  const folder = testInfo.outputPath('leaky');
  const files = {
    'package.json': '{ "type": "module" }',
    'playwright.config.ts': config,
    'theirs.ts': theirs,
    'teardown.ts': teardown,
    'green.spec.ts': green,
    'red.spec.ts': red,
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(folder, name), text.replaceAll('$root/', root));
  const settings = { ...secretSettings, TARGET_URL: url, MODEL_SERVER_URL: url };
  const summary = { GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md') };
  return { folder, run: (args = [], env = {}) => runConfigured(folder, args, { ...settings, ...summary, ...env }) };
}
