import { expect, type TestInfo, test } from '@playwright/test';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { serve } from '../../support/http-servers.ts';
import { outcomes, runInline } from '../../support/inline-run.ts';
import { profileFile, shown } from './readme.ts';

const three = `
import { needs, test } from '$fixtures';
for (const name of ['one', 'two', 'three']) test(name, async ({ target }) => {});`;

/** Answers every request with one status. */
const answering = (status: number) => serve((_, response) => void response.writeHead(status).end('{}'));

const unusable = [
  [
    'nothing listens at its URL',
    { TARGET_URL: 'http://127.0.0.1:9' },
    'No service answers at TARGET_URL=http://127.0.0.1:9',
  ],
  ['it needs a key and none is set', {}, 'requires an API key (401 to GET /v1/models): set TARGET_API_KEY.'],
  [
    'its key is wrong',
    { TARGET_API_KEY: 'wrong-key-1' },
    'refuses the API key (401 to GET /v1/models): correct TARGET_API_KEY',
  ],
] as const;

for (const [what, env, message] of unusable)
  test(
    `a target is unusable when ${what}: one test fails with the reason, and the others are skipped`,
    requirement('STACK-07', 'STACK-08'),
    async ({}, testInfo) => {
      await using refusing = await answering(401);
      const run = await runInline(testInfo, { 'a.spec.ts': three }, { env: { TARGET_URL: refusing.url, ...env } });
      const all = outcomes(run);
      expect(all.map(({ status }) => status)).toEqual(['failed', 'skipped', 'skipped']);
      expect(all[0]?.errors.join()).toContain('The target is not usable: ');
      expect(all[0]?.errors.join()).toContain(message);
      expect(all[1]?.annotations.join()).toMatch(/is not usable; the error stands in the first test/);
      expect(run.stdout + run.stderr + JSON.stringify(run.report)).not.toContain('wrong-key-1');
    },
  );

test(
  'a target that lacks the path of its profile gives an error that asks for the right TARGET_PROFILE',
  requirement('STACK-07'),
  async ({}, testInfo) => {
    await using other = await answering(404);
    const run = await runInline(testInfo, { 'a.spec.ts': three }, { env: { TARGET_URL: other.url } });
    expect(outcomes(run)[0]?.errors.join()).toContain(
      'has no GET /v1/models (404): check that TARGET_PROFILE="openai" is the right profile',
    );
  },
);

const unreadable = [
  ['unknown', () => 'opnai', 'TARGET_PROFILE="opnai" is not a profile. Did you mean openai?'],
  [
    'misspelt',
    (info: TestInfo) => profileFile(info, shown().replace('question:', 'qestion:')),
    'sql.request.qestion is unknown. Did you mean question?',
  ],
  ['not a module', (info: TestInfo) => profileFile(info, 'export default {{'), 'it cannot be loaded: '],
] as const;

for (const [what, profile, message] of unreadable)
  test(
    `a profile that is ${what} stops the run before any test starts`,
    requirement('STACK-07'),
    async ({}, testInfo) => {
      const env = { TARGET_URL: 'http://127.0.0.1:9', TARGET_PROFILE: profile(testInfo) };
      const run = await runInline(testInfo, { 'a.spec.ts': three }, { env });
      expect(run.code).toBe(1);
      const output = run.stdout + run.stderr + JSON.stringify(run.report?.errors);
      expect(output).toContain(message);
      expect(output, 'output without a call stack').not.toMatch(/\n\s+at .*fixtures\/target/);
      expect(outcomes(run)).toEqual([]);
    },
  );
