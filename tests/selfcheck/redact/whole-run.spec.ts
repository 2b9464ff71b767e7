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

/** The leaks, summarised by place, because a thousand lines would be unreadable. */
const byPlace = (leaks: readonly Leak[]): string[] =>
  [...Map.groupBy(leaks, ({ where }) => where)]
    .map(([where, found]) => `${where}: ${found.length}, such as ${found[0]?.what} ${found[0]?.how}`)
    .slice(0, 40);

test('the search for leaks finds a secret in every form in which a server can return it', () => {
  for (const [way, write] of Object.entries(ways))
    for (const [what, secret] of Object.entries(canaries))
      expect(leaksIn('here', write(secret), { [what]: secret }), `${what}, returned ${way}`).not.toEqual([]);
});

test(
  'no output of passing and failing tests in six reporters contains a secret that a server returns in any form',
  requirement('SEC-03'),
  async ({}, testInfo) => {
    test.setTimeout(180_000);
    await using server = await startEchoing();
    const { folder, run } = secretProject(testInfo, server.url);
    const { code, stdout, stderr, report } = await run();
    expect(code, stderr).toBe(1);
    expect(report?.stats, 'numbers of passed and failed tests').toMatchObject({
      expected: 1,
      unexpected: 4,
    });
    const found = [
      ...leaksIn('stdout', stdout, canaries),
      ...leaksIn('stderr', stderr, canaries),
      ...leaksUnder(folder, canaries),
    ];
    expect(byPlace(found), `${found.length} secrets were written`).toEqual([]);
    expect(stderr, 'secrets that the sweep found in the reports').toMatch(
      /plumbline: swept the reports for secrets: 3 found, and hidden: (?=.*theirs\/log\.txt \(1\))(?=.*blob\/report\.zip \(1\))(?=.*test-results\/issued\.txt \(1\))/,
    );
    // Control characters are shown as escapes in every output.
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
  'a run whose reporters are set on the command line writes no secret',
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
    expect(byPlace(found), `${found.length} secrets were written`).toEqual([]);
    expect(stdout, 'the JUnit report on stdout').toContain('<testsuites');
  },
);

test(
  'the command init neither prints the key of a service nor writes it to the files that it creates',
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
    expect(byPlace(found), `${found.length} secrets were written`).toEqual([]);
    expect(stdout, 'output with the redacted name of a model').toContain('models at /v1/models: echo-[redacted]');
  },
);
