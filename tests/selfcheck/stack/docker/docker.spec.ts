import fs from 'node:fs';
import { expect, test } from '@playwright/test';
import { loadConfig } from '../../../../fixtures/config/index.ts';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { cacheServerOnPath } from '../../../../fixtures/stack/cache/binary.ts';
import { docker as cacheInDocker } from '../../../../fixtures/stack/cache/docker.ts';
import { endContainers } from '../../../../fixtures/stack/docker/container.ts';
import { dockerRuntime } from '../../../../fixtures/stack/docker/runtime.ts';
import { runIdOf, runLabel } from '../../../../fixtures/stack/docker/sweep.ts';
import { docker as modelInDocker } from '../../../../fixtures/stack/model/docker.ts';
import { skipUnavailable, skipWithout } from '../../../../fixtures/stack/optional/skip.ts';
import { docker as postgresInDocker } from '../../../../fixtures/stack/postgres/docker.ts';
import { expectNothingLeft, forever, hold, mark, ownTempFolder } from '../../support/held.ts';
import { outcomes, runInline } from '../../support/inline-run.ts';
import { hostOf, ledgerOf, nothing, ownedBy, wardensOf } from '../../support/ledger.ts';
import { makeRunDir, query, sharedCache, startOptions } from '../../support/postgres-servers.ts';
import { dockerAnswers, importImage } from '../../support/test-image.ts';
import { brokenImage, cacheImage, postgresImage } from './test-images.ts';

// In one worker: the images are made once, and a daemon's containers are counted.
test.describe.configure({ mode: 'default', timeout: 180_000 });

const remove: (() => Promise<void>)[] = [];
let postgres = '';
const docker = { here: false };
const server = cacheServerOnPath();

// Images are made of files of this machine, which must be a Linux one.
test.beforeEach(({}, testInfo) => {
  skipWithout(testInfo, 'linux');
  if (!docker.here) skipUnavailable(testInfo, 'docker', 'no Docker daemon answers');
});
test.beforeAll(async ({}, testInfo) => {
  docker.here = process.platform === 'linux' && (await dockerAnswers());
  if (!docker.here) return;
  const scratch = testInfo.outputPath('images');
  fs.mkdirSync(scratch, { recursive: true });
  const image = await postgresImage(sharedCache);
  postgres = image.name;
  for (const each of [image, brokenImage, ...(server ? [cacheImage(server)] : [])])
    remove.push(await importImage(each, scratch));
});
test.afterAll(async () => {
  for (const each of remove) await each();
});

/** The names of the containers of a run, running or not. */
async function containersOf(runDir: string): Promise<string[]> {
  const { dockerode } = (await dockerRuntime()).container;
  const filters = { label: [`${runLabel}=${runIdOf(runDir)}`] };
  return (await dockerode.listContainers({ all: true, filters })).map(({ Image }) => Image);
}

/** A folder of a run that ends with the test, and its containers with it. */
async function inRun(body: (runDir: string) => Promise<void>): Promise<void> {
  const runDir = makeRunDir();
  try {
    await body(runDir);
  } finally {
    await endContainers(runDir);
    fs.rmSync(runDir, { recursive: true });
  }
}

test(
  'Postgres in a container has the seeded templates, is reachable from this machine only, and is removed with its run',
  requirement('STACK-02', 'STACK-03', 'STACK-08'),
  () =>
    inRun(async (runDir) => {
      const started = await postgresInDocker.start(loadConfig({ POSTGRES_IMAGE: postgres }), startOptions(runDir));
      expect(started.report).toMatchObject({ detail: { image: postgres } });
      const { hostname } = new URL(started.url('shop', 'owner'));
      await started.createClone('shop', 'shop_w0');
      const counted = await query(started.url('shop_w0', 'reader'), 'SELECT count(*)::int FROM customers');
      expect(counted).toEqual([{ count: 600 }]);
      expect(await containersOf(runDir)).toEqual([postgres]);
      const { dockerode } = (await dockerRuntime()).container;
      const [found] = await dockerode.listContainers({ filters: { label: [`${runLabel}=${runIdOf(runDir)}`] } });
      expect(found?.Ports.map(({ IP }) => IP)).toEqual([hostname]);
      await started.stop();
      expect(await containersOf(runDir)).toEqual([]);
    }),
);

test(
  'a container that ends while it starts fails the start at once with its last log lines',
  requirement('STACK-07'),
  () =>
    inRun(async (runDir) => {
      const run = startOptions(runDir);
      const image = brokenImage.name;
      const cache = cacheInDocker.start(loadConfig({ CACHE_IMAGE: image, PLUMBLINE_BOOT_TIMEOUT_MS: '30000' }), run);
      await expect(cache).rejects.toThrow(/ended with code 3 after \d+ ms[\s\S]*the weights are missing/);
      const model = modelInDocker.start(loadConfig({ MODEL_IMAGE: image, MODEL_DEVICE: 'cpu' }), run);
      await expect(model).rejects.toThrow(
        /plumbline-selfcheck\/broken:1 ended with code 3[\s\S]*the weights are missing/,
      );
      expect(await containersOf(runDir)).toEqual([]);
    }),
);

test('an image that cannot be pulled gives one error with the docker pull command', requirement('STACK-07'), () =>
  inRun(async (runDir) => {
    const image = '127.0.0.1:1/nobody/postgres:1';
    const refused = postgresInDocker.start(loadConfig({ POSTGRES_IMAGE: image }), startOptions(runDir));
    await expect(refused).rejects.toThrow(new RegExp(`${image} is not here[\\s\\S]*docker pull ${image}`));
  }),
);

/** A spec that holds everything that a run on containers can hold. */
const holding = (then: string) => `
import fs from 'node:fs';
import { expect, test } from '$fixtures';
test('a question is answered from containers', async ({ target, sql, stack, freshDatabase }) => {
  await freshDatabase('shop');
  const { body } = await sql.ask('How many customers are there?');
  expect(body.rows).toEqual([[600]]);
  expect(stack.reports.find(({ role }) => role === 'postgres').provider).toBe('docker');
  ${mark}
  ${then}
});`;

const inContainers = () => ({
  ...ownTempFolder(),
  // Testcontainers keeps a lock for all its users in the temp folder. Containers must go without Ryuk, too.
  TESTCONTAINERS_RYUK_DISABLED: 'true',
  PLUMBLINE_POSTGRES: 'docker',
  POSTGRES_IMAGE: postgres,
  ...(server ? { CACHE_IMAGE: cacheImage(server).name } : {}),
});

test(
  'a run on containers passes, and leaves no container behind',
  requirement('STACK-03', 'STACK-08'),
  async ({}, testInfo) => {
    const { run, runDir, pids } = await hold(testInfo, holding(''), inContainers());
    const ended = await run.ended;
    expect(outcomes(ended).map(({ status, errors }) => [status, errors])).toEqual([['passed', []]]);
    expect(ledgerOf(runDir, pids)).toEqual(nothing);
    expect(await containersOf(runDir)).toEqual([]);
  },
);

test('a stack host that is killed leaves no container behind', requirement('STACK-03'), async ({}, testInfo) => {
  const env = inContainers();
  const { run, runner, runDir, pids } = await hold(testInfo, holding(forever), env);
  expect(await containersOf(runDir)).toHaveLength(server ? 2 : 1);
  process.kill(hostOf(runner) as number, 'SIGKILL');
  process.kill(runner, 'SIGKILL');
  await run.ended;
  await expect.poll(() => containersOf(runDir), { timeout: 20_000 }).toEqual([]);
  await runInline(testInfo, { 'a.spec.ts': `import { test } from '$fixtures'; test('nothing', () => {});` }, { env });
  await expectNothingLeft(runDir, pids);
});

test(
  'containers of a stack host that is killed together with its wardens are swept by the next run',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    const env = inContainers();
    const { run, runner, runDir, pids } = await hold(testInfo, holding(forever), env);
    for (const pid of [hostOf(runner) as number, ...wardensOf(runDir), ...ownedBy(runDir), runner]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended with another one.
      }
    }
    await run.ended;
    expect(await containersOf(runDir), 'nobody was left to clean up').not.toEqual([]);
    const nothingToDo = { 'a.spec.ts': `import { test } from '$fixtures'; test('nothing', () => {});` };
    const next = await runInline(testInfo, nothingToDo, { env });
    expect(next.stderr).toContain('left behind');
    expect(await containersOf(runDir)).toEqual([]);
    await expectNothingLeft(runDir, pids);
  },
);
