import { expect, test } from '../../../../fixtures/index.ts';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { bundledModels } from '../../../../seed/model/index.ts';
import { outcomes, runProject } from '../../support/inline-run.ts';
import { bootModel } from '../../support/model-server.ts';
import { otherKey, startOtherService } from '../../support/right-service.ts';
import { profileFile, shown } from './readme.ts';

const suites = ['journey', 'streaming', 'resilience', 'performance'].map((name) => `--project=${name}`);

test(
  'a run against a target without capabilities skips every test with the capability it needs, and boots nothing',
  requirement('STACK-07', 'STACK-08'),
  async ({}, testInfo) => {
    test.setTimeout(300_000);
    const nothing =
      "import { defineTarget } from './fixtures/target/profile/index.ts';\nexport default defineTarget({ name: 'nothing' });";
    // Nothing listens at this URL: a test that sent a request to its target would fail.
    const env = { TARGET_URL: 'http://127.0.0.1:9', TARGET_PROFILE: profileFile(testInfo, nothing) };
    const run = await runProject(testInfo, [...suites, '--workers=2'], env);
    const all = outcomes(run);
    expect(all.length, run.stderr).toBeGreaterThan(150);
    const undeclared = all.filter(({ annotations }) => !annotations.some((text) => text.startsWith('needs: ')));
    expect(
      undeclared.map(({ title }) => title),
      'tests that do not declare their needs',
    ).toEqual([]);
    const unskipped = all.filter(
      ({ status, annotations }) => status !== 'skipped' || !annotations.some((text) => text.startsWith('skip: needs ')),
    );
    expect(
      unskipped.map(({ title, status }) => `${status}: ${title}`),
      'tests that were not skipped with the name of a capability',
    ).toEqual([]);
    expect(run.code).toBe(0);
    expect(run.stderr, 'log of booted servers').not.toMatch(/plumbline: (?!swept)/);
  },
);

test(
  'a model server is verified with only a URL and a key: its capabilities are tested, the other tests are skipped by name',
  requirement('STACK-08', 'MODELS-05'),
  async ({}, testInfo) => {
    test.setTimeout(180_000);
    const models = bundledModels.map(({ id, path }) => ({ id, path }));
    await using server = await bootModel({ models, apiKey: 'key-1', contextSize: 2048, slots: 8 });
    const env = { TARGET_URL: server.url, TARGET_API_KEY: 'key-1' };
    const args = [
      '--project=streaming',
      '--project=journey',
      'streaming/concurrency',
      'smoke',
      'sql-routing',
      'stack.spec',
    ];
    const run = await runProject(testInfo, args, env);
    const all = outcomes(run);
    const of = (status: string) => all.filter((one) => one.status === status);
    expect(of('failed'), run.stderr).toEqual([]);
    expect(of('passed').map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        'concurrent chat streams of the target never mix their texts',
        'every model that the target lists answers a greeting',
      ]),
    );
    for (const { annotations, title } of of('skipped')) expect(annotations.join('\n'), title).toMatch(/skip: needs /);
    expect(run.stderr).toMatch(/attached to the service at TARGET_URL/);
    expect(run.stderr, 'log of booted servers').not.toMatch(/plumbline: (?!attached|swept)/);
    expect(JSON.stringify(run.report)).not.toContain('key-1');
  },
);

test(
  'a service with other paths and fields is verified with the profile in the README, and its SQL is judged on its databases',
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
    expect(reasons.join('\n')).toMatch(
      /needs models: the profile "acme" \(TARGET_PROFILE\) says that the target lacks it/,
    );
    expect(reasons.join('\n')).toMatch(
      /needs sql\.database: the profile "acme" \(TARGET_PROFILE\) says that the target lacks this part/,
    );
    expect(new Set(service.asked.map(({ path }) => path))).toEqual(new Set(['/llm/chat', '/query']));
    expect(new Set(service.asked.map(({ key }) => key))).toEqual(new Set([otherKey]));
  },
);
