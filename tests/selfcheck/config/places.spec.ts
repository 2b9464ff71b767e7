import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test as base, expect } from '@playwright/test';
import { loadConfig } from '../../../fixtures/config/index.ts';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { makeFolder } from '../../../fixtures/stack/folder.ts';
import { misplaced } from '../../../fixtures/stack/misplaced.ts';
import { importProfile } from '../../../fixtures/target/profile/import.ts';
import { loadProfile } from '../../../fixtures/target/profile/load.ts';
import { within } from '../../../fixtures/text/within.ts';
import { bundledModels } from '../../../seed/model/index.ts';

const bundled = bundledModels[0]?.path as string;

const test = base.extend<{ folder: string }>({
  /** Outside the checkout, as a user's files are. */
  folder: async ({}, use) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-places-'));
    fs.mkdirSync(path.join(folder, 'there'));
    fs.writeFileSync(path.join(folder, 'file'), 'text');
    fs.writeFileSync(path.join(folder, 'empty.gguf'), '');
    fs.writeFileSync(path.join(folder, 'half.gguf'), fs.readFileSync(bundled).subarray(0, 1_000));
    await use(folder);
    fs.rmSync(folder, { recursive: true });
  },
});
test.describe.configure({ timeout: 5_000 });

/** `%` stands for the test's folder, in the values and in the messages. */
const places: readonly [environment: Record<string, string>, line: string, todo: string][] = [
  [{ MODEL_PATH: '%/none.gguf' }, 'MODEL_PATH="%/none.gguf"', 'There is no such file. Correct the path.'],
  [{ MODEL_PATH: '%/there' }, 'MODEL_PATH="%/there"', 'It is a folder. Name the .gguf file in it.'],
  [{ MODEL_PATH: '%/file' }, 'MODEL_PATH="%/file"', 'is not a GGUF model: it is 4 bytes'],
  [{ MODEL_PATH: '%/empty.gguf' }, 'MODEL_PATH="%/empty.gguf"', 'it is empty. Set MODEL_PATH to a GGUF file.'],
  [{ MODEL_PATH: '%/half.gguf' }, 'MODEL_PATH="%/half.gguf"', 'is a damaged GGUF file'],
  [{ MODEL_PATH: '%/there', PLUMBLINE_STACK: 'docker' }, 'MODEL_PATH="%/there"', 'It is a folder.'],
  [{ MODEL_ID: 'plumbline-tny' }, 'MODEL_ID="plumbline-tny"', 'Did you mean plumbline-tiny?'],
  [{ MODEL_ID: 'qwen' }, 'MODEL_ID="qwen"', 'Known: plumbline-tiny, plumbline-critic.'],
  [{ MODEL_HF: 'user/model' }, 'MODEL_HF="user/model"', 'Set PLUMBLINE_MODEL=docker, or binary with llama-server'],
  [{ LLAMA_SERVER_BIN: '%/none' }, 'LLAMA_SERVER_BIN="%/none"', 'There is no such file. Correct the path.'],
  [{ LLAMA_SERVER_BIN: '%/there' }, 'LLAMA_SERVER_BIN="%/there"', 'It is not a program that this user may run.'],
  [{ LLAMA_SERVER_BIN: '%/file' }, 'LLAMA_SERVER_BIN="%/file"', 'It is not a program that this user may run.'],
  [{ LLAMA_SERVER_BIN: 'llama-sever-9' }, 'LLAMA_SERVER_BIN="llama-sever-9"', 'No such program is on PATH.'],
  [{ PLUMBLINE_SPIDER_DIR: '%/none' }, 'PLUMBLINE_SPIDER_DIR="%/none"', 'There is no such place. Name the folder'],
  [{ PLUMBLINE_SPIDER_DIR: '%/file' }, 'PLUMBLINE_SPIDER_DIR="%/file"', 'It is a file. Name the folder'],
  [{ PLUMBLINE_SPIDER_DIR: '%/there' }, 'PLUMBLINE_SPIDER_DIR="%/there"', 'There is no dev.json in it.'],
  [{ PLUMBLINE_FAULT_SCHEDULE: '%/none' }, 'PLUMBLINE_FAULT_SCHEDULE="%/none"', 'There is no such file.'],
  [{ PLUMBLINE_FAULT_SCHEDULE: '%/there' }, 'PLUMBLINE_FAULT_SCHEDULE="%/there"', 'There is no such file.'],
  [{ PLUMBLINE_FAULT_SCHEDULE: '%/file' }, 'PLUMBLINE_FAULT_SCHEDULE="%/file"', 'It is not JSON. Name the file'],
  [{ PLUMBLINE_BASELINES: '%/file' }, 'PLUMBLINE_BASELINES="%/file"', 'It is a file. Name a folder, or unset it.'],
];

for (const [environment, expected, todo] of places) {
  const what = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  test(`${what.join(' with ')} is refused before anything starts`, requirement('STACK-07'), ({ folder }) => {
    const at = (text: string) => text.replaceAll('%', folder);
    const given = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, at(value)]));
    const lines = misplaced(loadConfig(given)).filter((line) => !line.startsWith('MODEL_ID') || 'MODEL_ID' in given);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`${at(expected)} is not usable: `);
    expect(lines[0]).toContain(todo);
    expect(lines[0]).toContain(' Allowed: ');
    expect(lines[0]).not.toContain('\n');
  });
}

test('files that exist are accepted, and files that only a started target needs are not looked for when one is attached', ({
  folder,
}) => {
  const right = [
    {},
    { MODEL_PATH: bundled },
    { MODEL_ID: 'plumbline-critic' },
    { MODEL_PATH: path.join(folder, 'there'), PLUMBLINE_STACK: 'docker', MODEL_IMAGE: 'vllm/vllm-openai:latest' },
    { MODEL_HF: 'user/model', PLUMBLINE_STACK: 'docker' },
    { MODEL_SERVER_URL: 'http://h', MODEL_ID: 'theirs', MODEL_PATH: '/none.gguf' },
    { TARGET_URL: 'http://h', MODEL_ID: 'theirs', MODEL_PATH: '/none.gguf' },
    { LLAMA_SERVER_BIN: process.execPath },
    { PLUMBLINE_BASELINES: path.join(folder, 'not-yet') },
  ];
  for (const environment of right) expect(misplaced(loadConfig(environment)), JSON.stringify(environment)).toEqual([]);
});

test(
  'a folder that cannot be made gives an error rather than an endless loop',
  requirement('STACK-07'),
  ({ folder }) => {
    expect(() => makeFolder(path.join(folder, 'file/below'))).toThrow(/ENOTDIR/);
    expect(() => makeFolder(path.join(folder, 'file'))).toThrow(/is not a folder/);
    makeFolder(path.join(folder, 'a/b/c'));
    expect(fs.statSync(path.join(folder, 'a/b/c')).isDirectory()).toBe(true);
    if (process.platform === 'linux') expect(() => makeFolder('/proc/plumbline/cache')).toThrow(/ENOENT/);
  },
);

test(
  'a long wait before the first test says what it waits for, and ends at its deadline',
  requirement('STACK-07'),
  async () => {
    const wait = { what: 'Godot', ms: 20, remedy: 'Go home.', say: () => {} };
    await expect(within(new Promise(() => {}), wait)).rejects.toThrow('No end of waiting for Godot in 20 ms. Go home.');
    await expect(within(Promise.resolve(1), wait)).resolves.toBe(1);
  },
);

const profile = 'export default { name: "acme", chat: true };\n';
const typed = 'const chat: true = true;\nexport default { name: "acme", chat };\n';

/** Profiles in a folder with this package.json; without a message the profile must be accepted. */
const profiles: readonly [file: string, manifest: string, text: string, expected: string | undefined][] = [
  ['right.ts', '', typed, undefined],
  ['right.ts', '{ "type": "commonjs" }', typed, undefined],
  ['right.ts', '{ "type": "module" }', typed, undefined],
  ['right.mts', '{ "type": "commonjs" }', typed, undefined],
  ['right.js', '{ "type": "commonjs" }', profile, undefined],
  ['right.cjs', '', 'module.exports = { name: "acme", chat: true };', undefined],
  ['compiled.cjs', '', 'exports.__esModule = true; exports.default = { name: "acme", chat: true };', undefined],
  ['loop.ts', '', 'for (;;);', 'the file was still loading after 500 ms.'],
  [
    'waits.mts',
    '',
    'setInterval(() => {}, 1000); await new Promise(() => {});',
    'look in the file and its imports for a loop',
  ],
  ['idle.mts', '', 'await new Promise(() => {});', 'the file ended before it exported a profile'],
  ['exits.ts', '', 'process.exit(0);', 'it exits, or awaits a promise that never resolves. Remove that code.'],
  ['throws.ts', '', 'throw new Error("no network\\nat all");', 'it cannot be loaded: no network. Correct the file.'],
  ['broken.ts', '', 'export default {{', 'it cannot be loaded: Unexpected token'],
  ['enum.ts', '', 'enum A { b }\nexport default {};', 'TypeScript enum is not supported'],
  ['missing.ts', '', 'import "./helper.ts"; export default {};', 'it cannot be loaded: Cannot find module'],
  ['named.ts', '', 'export const profile = { name: "acme" };', 'has no `export default defineTarget({ … })`. Add it.'],
  ['empty.ts', '', '', 'has no `export default defineTarget({ … })`. Add it.'],
  ['nameless.ts', '', 'export default { chat: true };', 'name is missing'],
  ['misspelt.ts', '', 'export default { name: "a", chatt: true };', 'chatt is unknown. Did you mean chat?'],
];

for (const [file, manifest, text, expected] of profiles)
  test(
    `the profile ${file} beside ${manifest || 'no package.json'} ${expected ? `is refused: ${expected}` : 'is read'}`,
    requirement('STACK-07'),
    async ({ folder }) => {
      if (manifest) fs.writeFileSync(path.join(folder, 'package.json'), manifest);
      const at = path.join(folder, file);
      fs.writeFileSync(at, text);
      const importing = importProfile(
        `./${file}`,
        at,
        expected?.includes('loading') || expected?.includes('loop') ? 500 : 60_000,
      );
      if (expected === undefined) await expect(importing).resolves.toEqual({ name: 'acme', chat: true });
      else {
        const error = await importing.then(
          () => new Error('It was accepted.'),
          (refused: Error) => refused,
        );
        const { message, stack } = error;
        expect(message).toContain(`TARGET_PROFILE=./${file}: `);
        expect(message).toContain(expected);
        expect(stack, 'no call stack').toBe(message);
      }
    },
  );

const named: readonly [string, string][] = [
  ['opnai', 'TARGET_PROFILE="opnai" is not a profile. Did you mean openai?'],
  ['acme', 'For your own profile, set the path of its file: ./my-profile.ts.'],
  ['toString', 'TARGET_PROFILE="toString" is not a profile.'],
  ['./none.ts', 'TARGET_PROFILE=./none.ts: there is no such file. Correct the path.'],
  ['./', 'TARGET_PROFILE=./ is not a file. Set it to the file that exports the profile.'],
];

for (const [name, expected] of named)
  test(`TARGET_PROFILE=${name} is refused with what to write`, requirement('STACK-07'), async () => {
    await expect(loadProfile(name)).rejects.toThrow(expected);
  });
