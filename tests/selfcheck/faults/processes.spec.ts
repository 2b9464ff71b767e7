import net from 'node:net';
import { expect, faultTest as test } from '../../../fixtures/index.ts';

const answers = async (url: string, timeoutMs = 300): Promise<boolean> => {
  try {
    return (await fetch(`${url}/health`, { signal: AbortSignal.timeout(timeoutMs) })).ok;
  } catch {
    return false;
  }
};

/** The answer of a cache server to PING. */
async function ping(url: string, timeoutMs = 300): Promise<string> {
  const socket = net.connect(decodeURIComponent(new URL(url).pathname));
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.setTimeout(timeoutMs, () => reject(new Error('no answer')));
      socket.once('error', reject);
      socket.once('data', (data) => resolve(String(data).trim()));
      socket.write('PING\r\n');
    });
  } finally {
    socket.destroy();
  }
}

test.describe.configure({ timeout: 60_000 });

for (const [what, start] of [
  ['model server', 'startOwnModel'],
  ['service', 'startOwnTarget'],
] as const)
  test(`a frozen ${what} answers only after it is thawed, and a killed one restarts on the same port`, async ({
    startOwnModel,
    startOwnTarget,
    waitForRecovery,
    modelId,
  }) => {
    const own = start === 'startOwnModel' ? await startOwnModel({ models: [modelId] }) : await startOwnTarget();
    const { url, pid } = own;
    expect(await answers(url, 5_000)).toBe(true);
    await own.freeze();
    expect(await answers(url)).toBe(false);
    await own.thaw();
    await waitForRecovery(`the thawed ${what}`, () => answers(url), { within: 10_000 });
    await own.kill();
    expect(await answers(url)).toBe(false);
    await expect(own.freeze()).rejects.toThrow(/does not run.*restart/);
    await own.restart();
    expect(own.url).toBe(url);
    expect(own.pid).not.toBe(pid);
    expect(await answers(url, 5_000)).toBe(true);
  });

test('a cache server can be frozen, thawed and killed, and restarts on the same socket', async ({
  startOwnCache,
  waitForRecovery,
}) => {
  const cache = await startOwnCache();
  expect(await ping(cache.url)).toBe('+PONG');
  await cache.freeze();
  await expect(ping(cache.url)).rejects.toThrow('no answer');
  await cache.thaw();
  await waitForRecovery('the cache', async () => (await ping(cache.url)) === '+PONG', { within: 5_000 });
  await cache.kill();
  await expect(ping(cache.url)).rejects.toThrow(/ECONNREFUSED/);
  await cache.restart();
  expect(await ping(cache.url, 5_000)).toBe('+PONG');
});

test('a killed Postgres still has every acknowledged row after its restart', async ({ startOwnPostgres, query }) => {
  const postgres = await startOwnPostgres();
  const { owner } = postgres.databases.platform.urls;
  await query(owner, 'CREATE TABLE kept (n int PRIMARY KEY)');
  for (const round of [1, 2]) {
    for (let n = 0; n < 30; n++) await query(owner, 'INSERT INTO kept VALUES ($1)', [round * 100 + n]);
    await postgres.kill();
    await expect(query(owner, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED|ENOENT/);
    await postgres.restart();
    expect(await query(owner, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: round * 30 }]);
  }
});

test('a frozen Postgres answers neither on new nor on open connections', async ({ startOwnPostgres, query }) => {
  const postgres = await startOwnPostgres();
  const { owner } = postgres.databases.platform.urls;
  const open = query(owner, 'SELECT pg_sleep(0.4)');
  await expect.poll(() => query(owner, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).toHaveLength(1);
  await postgres.freeze();
  const asked = query(owner, 'SELECT 1');
  const first = await Promise.race([
    open.then(() => 'the open connection'),
    asked.then(() => 'the new connection'),
    new Promise((resolve) => setTimeout(resolve, 1_000, 'neither')),
  ]);
  expect(first, 'the connection that was answered').toBe('neither');
  await postgres.thaw();
  await Promise.all([open, asked]);
});

test('waitForRecovery() fails at its deadline with the last answer when the service does not recover', async ({
  waitForRecovery,
}) => {
  const began = performance.now();
  await expect(waitForRecovery('it', () => Promise.reject(new Error('still down')), { within: 200 })).rejects.toThrow(
    /it did not recover within 200 ms \(asked \d+ times\).*still down/s,
  );
  await expect(waitForRecovery('it', () => new Promise(() => {}), { within: 100 })).rejects.toThrow('never ended');
  expect(performance.now() - began).toBeLessThan(5_000);
  let asked = 0;
  await waitForRecovery('it', () => ++asked > 2, { within: 5_000 });
  expect(test.info().annotations).toContainEqual({
    type: 'recovery time',
    description: expect.stringMatching(/^it: \d+ ms$/),
  });
});
