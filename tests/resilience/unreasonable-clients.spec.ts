import { expect, needs, rawConnection, requirement, faultTest as test } from '../../fixtures/index.ts';

const details = needs('auth', 'started target');
const shortTimeout = { 'request timeout': 1_000 };
const clientCount = 40;
const pauseMs = 50;

const head = 'POST /api/v1/auth/login HTTP/1.1\r\nhost: service\r\ncontent-type: application/json\r\n';

/** What a slow client sends: first the opening, then the same piece again and again. */
const slowClients = [
  ['nothing', '', ''],
  ['one header at a time', head, 'x-and-another: one\r\n'],
  ['a body byte by byte', `${head}content-length: 100000\r\n\r\n{`, ' '],
  ['a body chunk by chunk', `${head}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
] as const;

test.describe('slow clients', details, () => {
  for (const [what, opening, piece] of slowClients)
    test(`${clientCount} clients that send ${what} are cut off in time, and nobody else waits for them`, {
      ...requirement('RES-22'),
      tag: opening.endsWith('{') ? [] : '@slow',
    }, async ({ startOwnTarget, clientsFor, freshDatabase, signUp, steadyTraffic, waitForQuiescence }) => {
      const platform = await freshDatabase('platform');
      const target = await startOwnTarget({ platform: platform.urls.owner, settings: shortTimeout });
      const { http } = clientsFor(target);
      const { headers } = await signUp({}, http);
      const traffic = await steadyTraffic((http) => http.request('GET', '/api/v1/auth/me'), {
        on: target,
        title: `auth.me beside ${clientCount} clients that send ${what}`,
        headers,
        users: 2,
        pauseMs: 40,
      });
      await traffic.waitForRequests(5);

      using clients = new DisposableStack();
      const heal = await traffic.fault(`${clientCount} slow clients`, () => () => clients.dispose());
      const connections = await Promise.all(
        Array.from({ length: clientCount }, async () => {
          const connection = clients.use(await rawConnection(target.url, 10_000));
          connection.write(opening);
          const trickle = setInterval(() => connection.write(piece), pauseMs);
          clients.defer(() => clearInterval(trickle));
          return connection;
        }),
      );
      await Promise.all(connections.map((connection) => connection.closed()));
      for (const connection of connections) {
        // The service may close without an answer where a client never sent anything.
        if (opening === '' && connection.received() === '') continue;
        expect(connection.received()).toMatch(/^HTTP\/1\.1 408 .*content-type: application\/problem\+json/is);
      }
      await heal();

      await traffic.waitForRecovery({ within: 10_000 });
      const { all, during } = await traffic.stop();
      expect(all.outcomes).toEqual({ ok: all.samples.length });
      expect(during().samples.length).toBeGreaterThan(5);
      await waitForQuiescence({ on: target, databases: [platform] });
    });
});

test.describe('oversized requests', details, () => {
  test(
    'a request with headers over the limit is refused with 431',
    requirement('RES-22'),
    async ({ startOwnTarget, freshDatabase, clientsFor }) => {
      const target = await startOwnTarget({ platform: (await freshDatabase('platform')).urls.owner });
      for (const headers of [`x-large: ${'x'.repeat(64 * 1_024)}\r\n`, 'x-many: some\r\n'.repeat(8_000)]) {
        using connection = await rawConnection(target.url);
        connection.write(`${head}${headers}\r\n`);
        await connection.until('}');
        expect(connection.received()).toMatch(/^HTTP\/1\.1 431 .*application\/problem\+json.*"status":431/s);
        await connection.closed();
      }
      expect((await clientsFor(target).operations.health()).status).toBe(200);
    },
  );

  for (const [kind, path, limitBytes] of [
    ['login', '/api/v1/auth/login', 256 * 1_024],
    ['question', '/api/v1/sql', 256 * 1_024],
    ['chat', '/v1/chat/completions', 8 * 1_024 * 1_024],
  ] as const)
    test(
      `a ${kind} body of 1 GiB is refused with 413 before it is sent, and an endless one is cut off`,
      requirement('RES-22'),
      async ({ startOwnTarget, freshDatabase, clientsFor }) => {
        const target = await startOwnTarget({
          platform: (await freshDatabase('platform')).urls.owner,
          settings: shortTimeout,
        });
        const { operations } = clientsFor(target);
        const start = head.replace('/api/v1/auth/login', path);
        using declared = await rawConnection(target.url);
        declared.write(`${start}content-length: ${1_024 ** 3}\r\n\r\n{"`);
        await declared.until('\r\n\r\n');
        expect(declared.received()).toMatch(/^HTTP\/1\.1 413 /);

        using endless = await rawConnection(target.url);
        endless.write(`${start}transfer-encoding: chunked\r\n\r\n`);
        const piece = 'x'.repeat(64 * 1_024);
        const pour = () => endless.write(`${(64 * 1_024).toString(16)}\r\n${piece}\r\n`);
        for (let sent = 0; sent <= limitBytes; sent += piece.length) pour();
        const pouring = setInterval(pour, pauseMs);
        try {
          await endless.until('\r\n\r\n');
          expect(endless.received()).toMatch(/^HTTP\/1\.1 413 /);
          await endless.closed();
        } finally {
          clearInterval(pouring);
        }
        expect((await operations.health()).status).toBe(200);
        await expect.poll(async () => (await operations.metrics()).body.value('http_requests_in_flight')).toBe(0);
      },
    );
});
