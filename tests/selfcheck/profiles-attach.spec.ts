import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestInfo } from '@playwright/test';
import { expect, test } from '../../fixtures/index.ts';
import { requirement } from '../../projects/requirements.ts';
import { bundledModels } from '../../seed/model/index.ts';
import { bootModel } from './model.server.ts';
import { otherKey, startOtherService } from './profiles.service.ts';
import { outcomes, runInline, runProject } from './support/inlineRun.ts';
import { serve } from './wire.servers.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Names a profile that is written as its author would, beside the checkout's root. */
function profileFile(testInfo: TestInfo, text: string): string {
  const file = testInfo.outputPath('acme.mts');
  fs.writeFileSync(file, text.replace("'./fixtures/", `'${root}fixtures/`));
  return file;
}

/** The profile that the README shows. */
const shown = (): string => {
  const blocks = [...fs.readFileSync(`${root}README.md`, 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)];
  const profile = blocks.map(([, text]) => text as string).find((text) => text.includes('defineProfile'));
  if (!profile) throw new Error('The README shows no profile.');
  return profile;
};

const suites = ['journey', 'streaming', 'resilience', 'performance'].map((name) => `--project=${name}`);

test(
  'against a target that has nothing every test is skipped by what it needs, and nothing boots',
  requirement('STACK-07', 'STACK-08'),
  async ({}, testInfo) => {
    test.setTimeout(300_000);
    const nothing =
      "import { defineProfile } from './fixtures/target/profile/index.ts';\nexport default defineProfile({ name: 'nothing' });";
    // Nobody listens there: a test that asked anything of its target would fail.
    const env = { TARGET_URL: 'http://127.0.0.1:9', TARGET_PROFILE: profileFile(testInfo, nothing) };
    const run = await runProject(testInfo, [...suites, '--workers=2'], env);
    const all = outcomes(run);
    expect(all.length, run.stderr).toBeGreaterThan(150);
    const undeclared = all.filter(({ annotations }) => !annotations.some((text) => text.startsWith('needs: ')));
    expect(
      undeclared.map(({ title }) => title),
      'tests that do not say what they need',
    ).toEqual([]);
    const unskipped = all.filter(
      ({ status, annotations }) => status !== 'skipped' || !annotations.some((text) => text.startsWith('skip: needs ')),
    );
    expect(
      unskipped.map(({ title, status }) => `${status}: ${title}`),
      'tests not skipped by name',
    ).toEqual([]);
    expect(run.code).toBe(0);
    expect(run.stderr, 'something booted').not.toMatch(/plumbline: (?!swept)/);
  },
);

test(
  'a model server is verified by URL and key alone: what it can is run, the rest skipped by name',
  requirement('STACK-08', 'MODELS-05'),
  async ({}, testInfo) => {
    test.setTimeout(180_000);
    const models = bundledModels.map(({ id, path }) => ({ id, path }));
    await using server = await bootModel({ models, apiKey: 'key-1', contextSize: 2048, slots: 8 });
    const env = { TARGET_URL: server.url, TARGET_API_KEY: 'key-1' };
    const args = ['--project=streaming', '--project=journey', 'streaming/chat', 'smoke', 'sql-routing', 'stack.spec'];
    const run = await runProject(testInfo, args, env);
    const all = outcomes(run);
    const of = (status: string) => all.filter((one) => one.status === status);
    expect(of('failed'), run.stderr).toEqual([]);
    expect(of('passed').map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        'eight streams at once never mix',
        'every model that the target lists answers a greeting',
      ]),
    );
    for (const { annotations, title } of of('skipped')) expect(annotations.join('\n'), title).toMatch(/skip: needs /);
    expect(run.stderr).toMatch(/attached to the service at TARGET_URL/);
    expect(run.stderr, 'only that').not.toMatch(/plumbline: (?!attached|swept)/);
    expect(JSON.stringify(run.report)).not.toContain('key-1');
  },
);

test(
  'a service of another shape is verified with the README’s profile, its rows judged where they are',
  requirement('STACK-08'),
  async ({ databases }, testInfo) => {
    test.setTimeout(180_000);
    const readers = { shop: databases.shop.urls.reader, clinic: databases.clinic.urls.reader };
    await using service = await startOtherService(readers);
    const env = {
      TARGET_URL: service.url,
      TARGET_API_KEY: otherKey,
      TARGET_PROFILE: profileFile(testInfo, shown()),
      TARGET_DATABASES: JSON.stringify(readers),
    };
    const run = await runProject(testInfo, ['--project=journey', 'text-to-sql', 'sql-routing', 'smoke'], env);
    const all = outcomes(run);
    expect(
      all.filter(({ status }) => status === 'failed'),
      run.stderr,
    ).toEqual([]);
    expect(all.filter(({ status }) => status === 'passed').length).toBeGreaterThan(20);
    const reasons = all.flatMap(({ annotations }) => annotations.filter((text) => text.startsWith('skip: ')));
    expect(reasons.join('\n')).toMatch(/needs models: the target has none, says profile "acme"/);
    expect(reasons.join('\n')).toMatch(/needs sql\.database: the target has no such part/);
    expect(new Set(service.asked.map(({ path }) => path))).toEqual(new Set(['/llm/chat', '/query']));
    expect(new Set(service.asked.map(({ key }) => key))).toEqual(new Set([otherKey]));
  },
);

const three = `
import { needs, test } from '$fixtures';
for (const name of ['one', 'two', 'three']) test(name, async ({ target }) => {});`;

/** Answers whatever is asked with one status. */
const answering = (status: number) => serve((_, response) => void response.writeHead(status).end('{}'));

const unusable = [
  ['nobody listens', { TARGET_URL: 'http://127.0.0.1:9' }, 'No service answers at TARGET_URL=http://127.0.0.1:9'],
  ['no key is sent', {}, 'wants an API key (401 to GET /v1/models): set TARGET_API_KEY.'],
  [
    'the key is wrong',
    { TARGET_API_KEY: 'wrong-key-1' },
    'refuses the API key (401 to GET /v1/models): correct TARGET_API_KEY',
  ],
] as const;

for (const [what, env, message] of unusable)
  test(
    `when ${what}, one test says so and the others are skipped`,
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

test('a URL that is of something else is told with the profile', requirement('STACK-07'), async ({}, testInfo) => {
  await using other = await answering(404);
  const run = await runInline(testInfo, { 'a.spec.ts': three }, { env: { TARGET_URL: other.url } });
  expect(outcomes(run)[0]?.errors.join()).toContain(
    'has no GET /v1/models (404): is "openai" the right TARGET_PROFILE',
  );
});

const unreadable = [
  ['unknown', () => 'opnai', 'TARGET_PROFILE="opnai" is no profile. Did you mean openai?'],
  [
    'misspelt',
    (info: TestInfo) => profileFile(info, shown().replace('question:', 'qestion:')),
    'sql.request.qestion is unknown. Did you mean question?',
  ],
  ['no module', (info: TestInfo) => profileFile(info, 'export default {{'), 'it cannot be loaded: '],
] as const;

for (const [what, profile, message] of unreadable)
  test(
    `a profile that is ${what} stops the run before anything starts`,
    requirement('STACK-07'),
    async ({}, testInfo) => {
      const env = { TARGET_URL: 'http://127.0.0.1:9', TARGET_PROFILE: profile(testInfo) };
      const run = await runInline(testInfo, { 'a.spec.ts': three }, { env });
      expect(run.code).toBe(1);
      const said = run.stdout + run.stderr + JSON.stringify(run.report?.errors);
      expect(said).toContain(message);
      expect(said, 'a sentence, not a call stack').not.toMatch(/\n\s+at .*fixtures\/target/);
      expect(outcomes(run)).toEqual([]);
    },
  );
