import { expect, test } from '@playwright/test';
import type { Proxies } from '../../../../fixtures/faults/links/driver.ts';
import { corrupt, down, latency, reset_peer, slow_open, timeout } from '../../../../fixtures/faults/links/toxics.ts';
import { deployedLinks, startToxiproxy } from '../../../../fixtures/faults/links/toxiproxy/index.ts';
import { outcomes, runInline } from '../../support/inline-run.ts';
import { behindLink, connectTo, echo, timed } from './linked-servers.ts';
import { startToxiproxyStub } from './toxiproxy-stub.ts';

// These tests run against a stub that follows Toxiproxy's documentation: see toxiproxy-stub.ts.

const noRelays = (): Promise<Proxies> => Promise.reject(new Error('This test opened a relay, which it must not need.'));

test('links in a Toxiproxy can be opened, broken and healed, and are removed at the end', async () => {
  await using toxiproxy = await startToxiproxyStub();
  await using behind = await behindLink(echo);
  const upstream = { host: '127.0.0.1', port: behind.port };
  await toxiproxy.create({ name: 'somebody_elses', listen: '', upstream: `127.0.0.1:${behind.port}` });
  {
    await using proxies = await startToxiproxy(toxiproxy.url, 'plumbline_test_w0', noRelays);
    const link = await proxies.open({ name: 'model', upstream, protocol: 'http', seed: 7 });
    await using client = await connectTo(link.port);
    await client.ask('x');
    const slow = await link.add(latency({ latency: 100, stream: 'both' }));
    expect(toxiproxy.toxics().map(({ type, stream, attributes }) => [type, stream, attributes])).toEqual([
      ['latency', 'upstream', { latency: 100, jitter: 0 }],
      ['latency', 'downstream', { latency: 100, jitter: 0 }],
    ]);
    expect(await timed(() => client.ask('x'))).toBeGreaterThan(198);
    await link.remove(slow);
    const [first, second] = [await link.add(down()), await link.add(down())];
    await expect(connectTo(link.port)).rejects.toThrow('ECONNREFUSED');
    await link.remove(first);
    await expect(connectTo(link.port)).rejects.toThrow('ECONNREFUSED');
    await link.remove(second);
    await link.add(timeout({ timeout: 0 }));
    await link.heal();
    expect(toxiproxy.toxics()).toEqual([]);
    await using again = await connectTo(link.port);
    await again.ask('x');
    expect(toxiproxy.names()).toHaveLength(2);
  }
  expect(toxiproxy.names()).toEqual(['somebody_elses']);
  expect(toxiproxy.calls, 'calls: a reset would also heal the proxies of other users').not.toContain('POST /reset');
});

test('a toxic that Toxiproxy does not have is refused with an error that names it', async () => {
  await using toxiproxy = await startToxiproxyStub();
  const upstream = { host: '127.0.0.1', port: 9 };
  await using proxies = await startToxiproxy(toxiproxy.url, 'plumbline_test_w0', noRelays);
  const link = await proxies.open({ name: 'model', upstream, protocol: 'http', seed: 7 });
  for (const [toxic, what] of [
    [corrupt({ rate: 0.1 }), 'toxic "corrupt"'],
    [slow_open({ delay: 1 }), 'toxic "slow_open"'],
    [reset_peer({ at: { token: 3 } }), 'toxics that begin at a certain token'],
    [reset_peer({ times: 3 }), 'toxics that end after so many hits'],
  ] as const)
    await expect(link.add(toxic)).rejects.toThrow(`Toxiproxy (TOXIPROXY_URL) has no ${what}: unset TOXIPROXY_URL`);
  await expect(link.hits('x')).rejects.toThrow('does not report what its toxics touched');
});

test('the links of a deployed Toxiproxy are found by the words in the names of its proxies', async () => {
  await using toxiproxy = await startToxiproxyStub();
  const upstream = '127.0.0.1:9';
  for (const name of ['web_dev_postgres_1', 'model', 'modelling'])
    await toxiproxy.create({ name, listen: '', upstream });
  const roles = ['postgres', 'model', 'cache'] as const;
  expect(Object.keys(await deployedLinks(toxiproxy.url, roles))).toEqual(['postgres', 'model']);
  await toxiproxy.create({ name: 'model-2', listen: '', upstream });
  await expect(deployedLinks(toxiproxy.url, roles)).rejects.toThrow('several proxies for model (model, model-2)');
});

test('a Toxiproxy that does not answer gives an error with its URL and the setting to change', async () => {
  await expect(startToxiproxy('http://127.0.0.1:1', 'x', noRelays)).rejects.toThrow(
    /No Toxiproxy answers at TOXIPROXY_URL=http:\/\/127\.0\.0\.1:1 .*unset it to use links of our own/,
  );
});

test('specs with faults run on a Toxiproxy, and a test that needs more is skipped by name', async ({}, testInfo) => {
  await using toxiproxy = await startToxiproxyStub();
  const specs = `
import { expect, latency, needs, reset_peer, faultTest as test } from '$fixtures';
const ask = (sql) => sql.ask('How many customers are there?', { database: 'shop' });
test('latency and down', async ({ links, linkedTarget, clientsFor }) => {
  const { sql, operations } = clientsFor(linkedTarget);
  await ask(sql);
  const slow = await links.model.add(latency({ latency: 200 }));
  const started = performance.now();
  await ask(sql);
  expect(performance.now() - started).toBeGreaterThan(198);
  await slow.remove();
  await links.postgres.down();
  expect((await operations.ready()).status).toBe(503);
});
test('healed after it', async ({ links, linkedTarget, clientsFor }) => void (await ask(clientsFor(linkedTarget).sql)));
test('declared triggers', needs('link triggers'), async ({ links }) => {});
test('undeclared triggers', async ({ links }) => void (await links.model.add(reset_peer({ at: { token: 2 } }))));
test('hits', async ({ links }) => void (await (await links.model.add(latency({ latency: 1 }))).hits()));`;
  const run = await runInline(testInfo, { 'a.spec.ts': specs }, { env: { TOXIPROXY_URL: toxiproxy.url } });
  const found = outcomes(run);
  expect(found.map(({ title, status }) => [title, status])).toEqual([
    ['latency and down', 'passed'],
    ['healed after it', 'passed'],
    ['declared triggers', 'skipped'],
    ['undeclared triggers', 'skipped'],
    ['hits', 'skipped'],
  ]);
  expect(found.slice(2).map(({ annotations }) => annotations.find((each) => each.startsWith('skip')))).toEqual([
    expect.stringContaining('needs link triggers: a Toxiproxy'),
    expect.stringContaining('has no toxics that begin at a certain token'),
    expect.stringContaining('does not report what its toxics touched'),
  ]);
  expect(toxiproxy.names(), 'proxies after the run').toEqual([]);
});
