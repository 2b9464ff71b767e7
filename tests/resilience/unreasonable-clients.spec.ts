import {
  expect,
  isReference,
  needs,
  type Profile,
  rawConnection,
  requirement,
  faultTest as test,
} from '../../fixtures/index.ts';

const clientCount = 40;
const pauseMs = 50;
/** Short, and far longer than a right request takes to arrive. */
const shortMs = 1_000;
/** A service that looks for slow clients now and then cuts them off that much later. */
const patienceMs = 30_000;

/** Where bodies are taken: one that is never read to its end reaches no model. */
const pathOf = (profile: Profile): string =>
  profile.has('auth')
    ? profile.capability('auth').path('login')
    : profile.has('sql')
      ? profile.capability('sql').path('ask')
      : profile.has('chat')
        ? profile.capability('chat').path('create')
        : '/';

const headOf = (path: string): string => `POST ${path} HTTP/1.1\r\nhost: service\r\ncontent-type: application/json\r\n`;

/** What a slow client sends: first the opening, then the same piece again and again. */
const slowClients = [
  ['nothing', () => '', ''],
  ['one header at a time', headOf, 'x-and-another: one\r\n'],
  ['a body byte by byte', (path: string) => `${headOf(path)}content-length: 100000\r\n\r\n{`, ' '],
  ['a body chunk by chunk', (path: string) => `${headOf(path)}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
] as const;

test.describe('slow clients', needs('ordinary request', 'settings.request timeout'), () => {
  for (const [what, openingOf, piece] of slowClients)
    test(`${clientCount} clients that send ${what} are cut off in time, and nobody else waits for them`, {
      ...requirement('RES-22', 'OWN-04'),
      tag: what === 'a body byte by byte' ? [] : '@slow',
    }, async ({ startOwnTarget, ordinaryRequest, clientsFor, steadyTraffic, waitForQuiescence, settings, profile }) => {
      const timeoutMs = settings.atLeast('request timeout', shortMs, 10_000);
      const target = await startOwnTarget({ databases: 'fresh', settings: { 'request timeout': timeoutMs } });
      const opening = openingOf(pathOf(profile));
      const { http } = clientsFor(target);
      expect((await ordinaryRequest(http)).status, 'the status of a request before the slow clients').toBeLessThan(300);
      const traffic = await steadyTraffic((http) => ordinaryRequest(http), {
        on: target,
        title: `a request beside ${clientCount} clients that send ${what}`,
        users: 2,
        pauseMs: 40,
        ...(isReference ? {} : { watch: false, timeoutMs: patienceMs }),
      });
      await traffic.waitForRequests(5, patienceMs);

      using clients = new DisposableStack();
      const heal = await traffic.fault(`${clientCount} slow clients`, () => () => clients.dispose());
      const connections = await Promise.all(
        Array.from({ length: clientCount }, async () => {
          const connection = clients.use(await rawConnection(target.url, timeoutMs + patienceMs));
          connection.write(opening);
          const trickle = setInterval(() => connection.write(piece), pauseMs);
          clients.defer(() => clearInterval(trickle));
          return connection;
        }),
      );
      await Promise.all(connections.map((connection) => connection.closed()));
      for (const connection of connections) {
        const received = connection.received();
        // A service may close without an answer.
        if (received === '' && (opening === '' || !isReference)) continue;
        expect(received, 'what a slow client is told: a refusal').toMatch(/^HTTP\/1\.[01] 4\d\d /);
        if (isReference) expect(received).toMatch(/^HTTP\/1\.1 408 .*content-type: application\/problem\+json/is);
      }
      await heal();

      await traffic.waitForRecovery({ within: 10_000 });
      const { all, during } = await traffic.stop();
      expect(all.outcomes).toEqual({ ok: all.samples.length });
      expect(during().samples.length, 'requests beside the slow clients').toBeGreaterThan(5);
      await waitForQuiescence({ on: target, databases: Object.values(target.databases) });
    });
});

test.describe('oversized requests', needs('ordinary request', 'settings.request timeout'), () => {
  test(
    'a request with far too many or too large headers is refused, and the service answers on',
    requirement('RES-22'),
    async ({ startOwnTarget, ordinaryRequest, clientsFor, settings, profile }) => {
      const timeoutMs = settings.atLeast('request timeout', shortMs, 10_000);
      const target = await startOwnTarget({ databases: 'fresh', settings: { 'request timeout': timeoutMs } });
      for (const headers of [`x-large: ${'x'.repeat(64 * 1_024)}\r\n`, 'x-many: some\r\n'.repeat(8_000)]) {
        using connection = await rawConnection(target.url);
        connection.write(`${headOf(pathOf(profile))}${headers}\r\n`);
        // A service may take such headers, and answer as to any request without a body.
        await (isReference ? connection.closed() : Promise.any([connection.until('\r\n\r\n'), connection.closed()]));
        const received = connection.received();
        if (received === '' && !isReference) continue;
        expect(received, 'what the client is told').toMatch(/^HTTP\/1\.[01] 4\d\d /);
        if (isReference) expect(received).toMatch(/^HTTP\/1\.1 431 .*application\/problem\+json.*"status":431/s);
      }
      expect((await ordinaryRequest(clientsFor(target).http)).status).toBeLessThan(300);
    },
  );

  for (const [kind, needed, pathIn, limitBytes] of [
    ['login', 'auth', (profile: Profile) => profile.capability('auth').path('login'), 256 * 1_024],
    ['question', 'sql', (profile: Profile) => profile.capability('sql').path('ask'), 256 * 1_024],
    ['chat', 'chat', (profile: Profile) => profile.capability('chat').path('create'), 8 * 1_024 * 1_024],
  ] as const)
    test(
      `a ${kind} body of 1 GiB that does not come, and one without an end, are refused or cut off in time`,
      requirement('RES-22', needs(needed)),
      async ({ startOwnTarget, ordinaryRequest, clientsFor, settings, profile }) => {
        const timeoutMs = settings.atLeast('request timeout', shortMs, 10_000);
        const target = await startOwnTarget({ databases: 'fresh', settings: { 'request timeout': timeoutMs } });
        const { http, operations } = clientsFor(target);
        const start = headOf(pathIn(profile));
        const expectRefused = (received: string): void => {
          if (isReference) expect(received, 'the answer to the body').toMatch(/^HTTP\/1\.1 413 /);
          // A service may close without an answer, but not say that such a body was right.
          else expect(received, 'the answer to the body').not.toMatch(/^HTTP\/1\.[01] [23]\d\d /);
        };
        using declared = await rawConnection(target.url, timeoutMs + patienceMs);
        declared.write(`${start}content-length: ${1_024 ** 3}\r\n\r\n{"`);
        if (isReference) await declared.until('\r\n\r\n');
        else await declared.closed();
        expectRefused(declared.received());

        using endless = await rawConnection(target.url, timeoutMs + patienceMs);
        endless.write(`${start}transfer-encoding: chunked\r\n\r\n`);
        const piece = 'x'.repeat(64 * 1_024);
        const pour = () => endless.write(`${(64 * 1_024).toString(16)}\r\n${piece}\r\n`);
        for (let sent = 0; sent <= limitBytes; sent += piece.length) pour();
        const pouring = setInterval(pour, pauseMs);
        try {
          await endless.closed();
          expectRefused(endless.received());
        } finally {
          clearInterval(pouring);
        }
        expect((await ordinaryRequest(http)).status, 'the status of a request afterwards').toBeLessThan(300);
        if (isReference)
          await expect.poll(async () => (await operations.metrics()).body.value('http_requests_in_flight')).toBe(0);
      },
    );
});
