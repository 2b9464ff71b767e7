import { expect, needs, rawConnection, requirement, faultTest as test } from '../../fixtures/index.ts';

const needed = needs('auth', 'started target');
const limits = { REQUEST_TIMEOUT_MS: '1000' };
const many = 40;
const dribbleMs = 50;

const head = 'POST /api/v1/auth/login HTTP/1.1\r\nhost: service\r\ncontent-type: application/json\r\n';

/** What a client sends at first, and then again and again. */
const crawlers = [
  ['nothing', '', ''],
  ['a header a moment', head, 'x-and-another: one\r\n'],
  ['a byte of a body a moment', `${head}content-length: 100000\r\n\r\n{`, ' '],
  ['a chunk of a body a moment', `${head}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
] as const;

test.describe('clients that are in no hurry', needed, () => {
  for (const [what, first, more] of crawlers)
    test(`many that send ${what} are sent away in time, and nobody else waits for them`, {
      ...requirement('RES-22'),
      tag: first.endsWith('{') ? [] : '@slow',
    }, async ({ startOwnTarget, clientsOf, freshDatabase, signUp, steady, settled }) => {
      const platform = await freshDatabase('platform');
      const target = await startOwnTarget({ platform: platform.urls.owner, env: limits });
      const { http } = clientsOf(target);
      const { headers } = await signUp({}, http);
      const traffic = await steady(({ http }) => http.request('GET', '/api/v1/auth/me'), {
        on: target,
        title: `who am I, among ${many} clients that send ${what}`,
        headers,
        users: 2,
        pauseMs: 40,
      });
      await traffic.more(5);

      using ending = new DisposableStack();
      const heal = await traffic.fault(`${many} slow clients`, () => () => ending.dispose());
      const crawling = await Promise.all(
        Array.from({ length: many }, async () => {
          const connection = ending.use(await rawConnection(target.url, 10_000));
          connection.write(first);
          const dribble = setInterval(() => connection.write(more), dribbleMs);
          ending.defer(() => clearInterval(dribble));
          return connection;
        }),
      );
      await Promise.all(crawling.map((connection) => connection.closed()));
      for (const connection of crawling) {
        // A client that never spoke may be left without a word.
        if (first === '' && connection.received() === '') continue;
        expect(connection.received()).toMatch(/^HTTP\/1\.1 408 .*content-type: application\/problem\+json/is);
      }
      await heal();

      await traffic.recovers({ within: 10_000 });
      const { all, during } = await traffic.stop();
      expect(all.outcomes).toEqual({ ok: all.samples.length });
      expect(during().samples.length).toBeGreaterThan(5);
      await settled({ on: target, databases: [platform] });
    });
});

test.describe('clients that send too much', needed, () => {
  test(
    'headers over the limit are refused with a 431',
    requirement('RES-22'),
    async ({ startOwnTarget, freshDatabase, clientsOf }) => {
      const target = await startOwnTarget({ platform: (await freshDatabase('platform')).urls.owner });
      for (const headers of [`x-large: ${'x'.repeat(64 * 1_024)}\r\n`, 'x-many: some\r\n'.repeat(8_000)]) {
        using connection = await rawConnection(target.url);
        connection.write(`${head}${headers}\r\n`);
        await connection.until('}');
        expect(connection.received()).toMatch(/^HTTP\/1\.1 431 .*application\/problem\+json.*"status":431/s);
        await connection.closed();
      }
      expect((await clientsOf(target).operations.health()).status).toBe(200);
    },
  );

  for (const [what, path, bytes] of [
    ['a sign-in', '/api/v1/auth/login', 256 * 1_024],
    ['a question', '/api/v1/sql', 256 * 1_024],
    ['a chat', '/v1/chat/completions', 8 * 1_024 * 1_024],
  ] as const)
    test(
      `${what} of a gigabyte is refused with a 413 before it is sent, and one without an end is cut off`,
      requirement('RES-22'),
      async ({ startOwnTarget, freshDatabase, clientsOf }) => {
        const target = await startOwnTarget({ platform: (await freshDatabase('platform')).urls.owner, env: limits });
        const { operations } = clientsOf(target);
        const start = head.replace('/api/v1/auth/login', path);
        using declared = await rawConnection(target.url);
        declared.write(`${start}content-length: ${1_024 ** 3}\r\n\r\n{"`);
        await declared.until('\r\n\r\n');
        expect(declared.received()).toMatch(/^HTTP\/1\.1 413 /);

        using endless = await rawConnection(target.url);
        endless.write(`${start}transfer-encoding: chunked\r\n\r\n`);
        const piece = 'x'.repeat(64 * 1_024);
        const pour = () => endless.write(`${(64 * 1_024).toString(16)}\r\n${piece}\r\n`);
        for (let sent = 0; sent <= bytes; sent += piece.length) pour();
        const pouring = setInterval(pour, dribbleMs);
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
