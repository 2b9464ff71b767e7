import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { plumbline } from '../support/cli.ts';
import { canaries, secretSettings } from './canaries.ts';
import { type Leak, leaksIn, leaksUnder } from './find.ts';
import { secretProject } from './project.ts';
import { startEchoing } from './server.ts';
import { ways } from './ways.ts';

/** The leaks by place: a thousand lines would hide what they say. */
const byPlace = (leaks: readonly Leak[]): string[] =>
  [...Map.groupBy(leaks, ({ where }) => where)]
    .map(([where, found]) => `${where}: ${found.length}, such as ${found[0]?.what} ${found[0]?.how}`)
    .slice(0, 40);

test('the search for leaks finds a key in each way in which a server can give it back', () => {
  for (const [way, write] of Object.entries(ways))
    for (const [what, secret] of Object.entries(canaries))
      expect(leaksIn('here', write(secret), { [what]: secret }), `${what}, given back ${way}`).not.toEqual([]);
});

test(
  'a server that echoes every secret in every way leaves none of them in what a red and a green test write, in six reporters',
  requirement('SEC-03'),
  async ({}, testInfo) => {
    test.setTimeout(180_000);
    await using server = await startEchoing();
    const { folder, run } = secretProject(testInfo, server.url);
    const { code, stdout, stderr, report } = await run();
    expect(code, stderr).toBe(1);
    expect(report?.stats, 'the run was as red and as green as it should be').toMatchObject({
      expected: 1,
      unexpected: 4,
    });
    const found = [
      ...leaksIn('stdout', stdout, canaries),
      ...leaksIn('stderr', stderr, canaries),
      ...leaksUnder(folder, canaries),
    ];
    expect(byPlace(found), `${found.length} spellings of secrets were written`).toEqual([]);
    expect(stderr, 'what came past the gate is counted and named').toMatch(
      /plumbline: swept the reports for secrets: 3 found, and hidden: (?=.*theirs\/log\.txt \(1\))(?=.*blob\/report\.zip \(1\))(?=.*test-results\/issued\.txt \(1\))/,
    );
    // What makes a terminal act is shown instead, wherever it came from.
    const page = readFileSync(path.join(folder, 'test-results', 'red-is-refused-specs', 'error-context.md'), 'utf8');
    for (const [where, text] of Object.entries({ stdout, stderr, page })) {
      expect(text, `${where} has a raw control character or a mark of direction`).not.toMatch(
        /[\0\b\x07\x9b\u202e]|\x1b\]|\r(?!\n)/,
      );
      expect(text, `${where} shows them`).toContain('\\x00\\x08\\r\\u202eend');
    }
  },
);

test(
  'a run whose reporters are named on the command line writes no secret either',
  requirement('SEC-03'),
  async ({}, testInfo) => {
    test.setTimeout(120_000);
    await using server = await startEchoing();
    const { folder, run } = secretProject(testInfo, server.url);
    const { code, stdout, stderr } = await run(['green.spec', '--reporter=junit,json'], {
      PLAYWRIGHT_JSON_OUTPUT_FILE: path.join(folder, 'named.json'),
    });
    expect(code, stderr).toBe(0);
    const found = [
      ...leaksIn('stdout', stdout, canaries),
      ...leaksIn('stderr', stderr, canaries),
      ...leaksUnder(folder, canaries),
    ];
    expect(byPlace(found), `${found.length} spellings of secrets were written`).toEqual([]);
    expect(stdout, 'JUnit’s report is there').toContain('<testsuites');
  },
);

test(
  'init, which tells what a service says of itself, neither prints its key nor writes it into the files it leaves',
  requirement('SEC-03', 'STACK-08'),
  async ({}, testInfo) => {
    await using server = await startEchoing();
    const cwd = testInfo.outputPath('probed');
    mkdirSync(cwd, { recursive: true });
    const { code, stdout, stderr } = await plumbline(['init', server.url], { cwd, env: secretSettings });
    expect(code, stderr).toBe(0);
    const found = [
      ...leaksIn('stdout', stdout, canaries),
      ...leaksIn('stderr', stderr, canaries),
      ...leaksUnder(cwd, canaries),
    ];
    expect(byPlace(found), `${found.length} spellings of secrets were written`).toEqual([]);
    expect(stdout, 'the service did name a model after its key').toContain('models at /v1/models: echo-[redacted]');
  },
);
