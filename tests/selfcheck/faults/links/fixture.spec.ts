import fs from 'node:fs';
import { expect, latency, needs, requirement, reset_peer, faultTest as test } from '../../../../fixtures/index.ts';
import { skipWithout } from '../../../../fixtures/stack/optional/skip.ts';
import { outcomes, runInline, startInline } from '../../support/inline-run.ts';
import { ledgerOf, nothing, ownedBy, pidsOf, workersOf } from '../../support/ledger.ts';

const asked = { question: 'How many customers are there?', options: { database: 'shop' } };

test.describe('service behind links', needs('links', 'started target', 'sql', 'readiness'), () => {
  test('a service behind links reports the dependency of a broken link as down, and recovers when it heals', async ({
    links,
    linkedTarget,
    clientsFor,
    stores,
  }) => {
    // Without a cache server, the cache is a table in the service's own database.
    const cache = stores.cache.url === undefined ? ['cache'] : [];
    const { sql, operations } = clientsFor(linkedTarget);
    await sql.ask(asked.question, asked.options);
    const states = async () => {
      const { dependencies = {} } = (await operations.ready()).body;
      return Object.fromEntries(Object.entries(dependencies).map(([name, { status }]) => [name, status]));
    };
    const healthy = await states();
    expect(new Set(Object.values(healthy))).toEqual(new Set(['up']));
    for (const [name, broken] of [
      ['postgres', ['postgres:platform', 'postgres:shop', 'postgres:clinic', ...cache]],
      ['model', ['model']],
      ['vectors', ['vectors']],
    ] as const) {
      await using _ = await links[name].down({ mayMiss: true });
      const down = Object.entries(await states()).filter(([, status]) => status !== 'up');
      expect(down.map(([dependency]) => dependency).sort(), `links.${name}`).toEqual([...broken].sort());
    }
    await expect.poll(states).toEqual(healthy);
    await sql.ask(asked.question, asked.options);
  });

  test('a latency of 400 ms on the link to the model makes an answer at least 400 ms slower', async ({
    links,
    linkedTarget,
    clientsFor,
  }) => {
    const { sql } = clientsFor(linkedTarget);
    await sql.ask(asked.question, asked.options);
    const slow = await links.model.add(latency({ latency: 400 }));
    const started = performance.now();
    await sql.ask(asked.question, asked.options);
    expect(performance.now() - started).toBeGreaterThan(398);
    expect(await slow.hits()).toMatchObject({ connections: expect.any(Number) });
    expect((await links.model.hits()).bytes).toBeGreaterThan(0);
    await slow.remove();
    expect(links.faults).toMatchObject([{ link: 'model', toxic: { type: 'latency' } }]);
    expect(Number(links.faults[0]?.until)).toBeGreaterThan(Number(links.faults[0]?.since));
  });

  test('a service that a test starts has its own links, which the links of the worker do not affect', async ({
    links,
    createLinks,
    startOwnTarget,
    clientsFor,
  }) => {
    const behind = await createLinks();
    const { sql, operations } = clientsFor(await startOwnTarget(behind.options));
    await links.model.down({ mayMiss: true });
    await sql.ask(asked.question, asked.options);
    const gone = await behind.links.model.down();
    await sql.refusal({ question: asked.question, database: 'shop' });
    expect((await gone.hits()).connections).toBeGreaterThan(0);
    expect((await operations.ready()).body.dependencies?.['model']?.status).toBe('down');
  });

  test(
    'a reset on the link to the cache server makes the service report its cache as down',
    needs('cache server'),
    async ({ links, linkedTarget, clientsFor }) => {
      const { operations } = clientsFor(linkedTarget);
      await operations.ready();
      const gone = await links.cache.add(reset_peer());
      await expect.poll(async () => (await operations.ready()).body.dependencies?.['cache']?.status).toBe('down');
      expect((await gone.hits()).connections).toBeGreaterThan(0);
    },
  );
});

const head = `
import fs from 'node:fs';
import net from 'node:net';
import { once } from 'node:events';
import { expect, latency, faultTest as base, timeout } from '$fixtures';
const test = base.extend({
  behind: async ({ linkTo }, use) => {
    const server = net.createServer((socket) => socket.on('error', () => {}).pipe(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const link = await linkTo('echo', 'http://127.0.0.1:' + server.address().port);
    const socket = net.connect(link.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => {});
    await use({ link, socket });
    socket.destroy();
    // The server stays open for the next test.
  },
});`;
/** @param red the test is expected to fail; an expected failure does not restart the worker */
const title = (name: string, body: string, red = false) => `
${red ? 'test.fail' : 'test'}(${JSON.stringify(name)}, async ({ behind: { link, socket } }) => {
  ${body}
});`;
const traffic = `socket.write('x'); await once(socket, 'data');`;

const cases = [
  [
    'a fault that touched nothing',
    'await link.add(latency({ latency: 50 }));',
    'This test proves nothing: latency on links.echo (downstream) touched no connection',
  ],
  [
    'one of two faults',
    `await link.add(latency({ latency: 1 })); await link.add(latency({ latency: 50, at: { byte: 9 } })); ${traffic}`,
    'This test proves nothing: latency on links.echo (downstream, from byte 9) touched no connection',
  ],
  [
    'a down without any connection',
    `socket.destroy();
     await expect.poll(async () => { const { connections, open } = await link.traffic(); return connections - open; }).toBe(1);
     await link.down();`,
    'a refused one is seen by nobody',
  ],
  ['a fault that touched a connection', `await link.add(latency({ latency: 1 })); ${traffic}`, undefined],
  ['a fault that is allowed to miss', 'await link.add(latency({ latency: 50 }), { mayMiss: true });', undefined],
  [
    'a fault whose hits the test checks',
    'const none = await link.add(latency({ latency: 50 })); expect(await none.hits()).toEqual({ connections: 0, bytes: 0 });',
    undefined,
  ],
  ['a fault with toxicity 0', 'await link.add(latency({ latency: 50, toxicity: 0 }));', undefined],
  // Only the failure itself is reported.
  ['a test that failed', 'await link.add(latency({ latency: 50 })); expect(1).toBe(2);', 'toBe'],
] as const;

test('a fault that touched no connection fails its test by name, unless the test allows it to miss', async ({}, testInfo) => {
  const specs = cases.map(([name, body, problem]) => title(name, body, problem !== undefined)).join('');
  const run = await runInline(testInfo, { 'a.spec.ts': head + specs });
  const found = outcomes(run);
  for (const [name, , problem] of cases) {
    const { status, errors = [] } = found.find((outcome) => outcome.title === name) ?? {};
    expect.soft([status, errors.length], name).toEqual(problem ? ['failed', 1] : ['passed', 0]);
    expect.soft(errors.join(), name).toContain(problem ?? '');
  }
});

test('the links of a worker are healed after a failed test', async ({}, testInfo) => {
  // An expected failure keeps its worker, and with it the links.
  const body = `globalThis.port = link.port;
  await link.down({ mayMiss: true });
  test.fail();
  expect(1).toBe(2);`;
  const next = `
test('after it', async ({}) => {
  await once(net.connect(globalThis.port, '127.0.0.1'), 'connect');
});`;
  const run = await runInline(testInfo, { 'a.spec.ts': head + title('faulty', body) + next });
  expect(outcomes(run)).toMatchObject([{ title: 'faulty' }, { title: 'after it', status: 'passed', errors: [] }]);
  expect(run.code).toBe(0);
});

test(
  'a worker that is killed during a fault leaves no link proxy behind',
  requirement('STACK-03'),
  async ({}, testInfo) => {
    skipWithout(test.info(), 'linux');
    const mark = testInfo.outputPath('mark');
    const hold = `await link.add(timeout({ timeout: 0 }));
  await link.down();
  fs.writeFileSync(process.env.MARK, process.env.PLUMBLINE_RUN_DIR);
  await new Promise(() => setInterval(() => {}, 1000));`;
    const run = await startInline(testInfo, { 'a.spec.ts': head + title('holds', hold) }, { env: { MARK: mark } });
    await expect.poll(() => fs.existsSync(mark), { timeout: 60_000 }).toBe(true);
    const runDir = fs.readFileSync(mark, 'utf8');
    const pids = [...pidsOf(runDir), ...ownedBy(runDir)];
    expect(ledgerOf(runDir, pids).processes.join('\n')).toContain('link-proxy/main.ts');
    for (const worker of workersOf(run.child.pid as number)) process.kill(worker, 'SIGKILL');
    expect((await run.ended).code).toBe(1);
    expect(ledgerOf(runDir, pids)).toEqual(nothing);
  },
);
