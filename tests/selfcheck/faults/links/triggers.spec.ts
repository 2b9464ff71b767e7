import pg from 'pg';
import {
  expect,
  latency,
  limit_data,
  needs,
  reset_peer,
  faultTest as test,
  timeout,
} from '../../../../fixtures/index.ts';
import { behindLink, connectTo, echo, timed } from './linked-servers.ts';

const early = 2;

test.describe('byte triggers', () => {
  test('a toxic that starts at the n-th byte loses that byte first, in whatever pieces the bytes arrive', async () => {
    for (const parts of [['abcdefghij'], ['abc', 'def', 'ghij'], ['abcde', 'fghij'], [...'abcdefghij']]) {
      await using behind = await behindLink(echo);
      await using client = await connectTo(behind.link.port);
      await client.ask('xx');
      await behind.link.add(reset_peer({ at: { byte: 6 } }));
      for (const part of parts) {
        client.socket.write(part);
        await new Promise(setImmediate);
      }
      expect(await client.ended, parts.join(' ')).toBe('ECONNRESET');
      expect(client.text()).toBe('xxabcde');
    }
  });

  test('a byte trigger counts over all connections of a link or on each connection, as the option says', async () => {
    for (const per of ['link', 'connection'] as const) {
      await using behind = await behindLink(echo);
      await using one = await connectTo(behind.link.port);
      await using two = await connectTo(behind.link.port);
      await behind.link.add(limit_data({ bytes: 0, at: { byte: 4, per } }));
      await one.ask('ab');
      await two.ask(per === 'link' ? 'c' : 'cde');
      two.socket.write('-');
      expect(await two.ended).toBe('end');
      expect(two.text()).toBe(per === 'link' ? 'c' : 'cde');
      await one.ask('f');
      expect(one.text(), 'answer on the first connection').toBe(per === 'link' ? 'ab' : 'abf');
    }
  });

  test('a byte trigger does not count bytes of the other direction', async () => {
    await using behind = await behindLink((socket) => socket.on('data', () => socket.write('answer')));
    await using client = await connectTo(behind.link.port);
    await behind.link.add(timeout({ timeout: 0, stream: 'upstream', at: { byte: 4 } }));
    await client.ask('abc123');
    expect(client.text()).toBe('answer');
    client.socket.write('d');
    await expect.poll(() => behind.link.traffic().bytes).toBe('abc123'.length + 'answer'.length + 1);
    expect(client.text()).toBe('answer');
  });
});

test('a toxic reset_peer with times: 2 ends after two connections', async () => {
  await using behind = await behindLink(echo);
  const id = await behind.link.add(reset_peer({ times: 2 }));
  const ends: string[] = [];
  for (let n = 0; n < 2; n++) {
    await using client = await connectTo(behind.link.port);
    ends.push(await client.ended);
  }
  await using third = await connectTo(behind.link.port);
  await third.ask('hello');
  expect([...ends, third.text()]).toEqual(['ECONNRESET', 'ECONNRESET', 'hello']);
  expect(behind.link.hits(id).connections).toBe(2);
});

test('a link refuses a trigger in a unit that it cannot count', async () => {
  await using behind = await behindLink(echo);
  await expect(behind.link.add(reset_peer({ at: { query: 2 } }))).rejects.toThrow(
    'link counts bytes, no queries: "reset_peer" would never begin.',
  );
});

test.describe('triggers on Postgres', needs('links', 'link triggers', 'started target'), () => {
  test('a reset at the third answer of Postgres loses that answer, but not the row, and the link then works again', async ({
    linkTo,
    freshDatabase,
  }) => {
    const link = await linkTo('database', (await freshDatabase('shop')).urls.owner);
    const client = new pg.Client({ connectionString: link.url });
    client.on('error', () => {});
    await client.connect();
    await client.query('CREATE TABLE acknowledged (n int)');
    const toxic = await link.add(reset_peer({ at: { query: 3 }, times: 1 }));
    const insert = (n: number) => client.query('INSERT INTO acknowledged VALUES ($1)', [n]);
    await insert(1);
    await insert(2);
    await expect(insert(3)).rejects.toThrow('ECONNRESET');
    expect((await toxic.hits()).connections).toBe(1);

    const again = new pg.Client({ connectionString: link.url });
    await again.connect();
    // The answer was lost, not the row.
    await expect
      .poll(async () => (await again.query('SELECT n FROM acknowledged ORDER BY n')).rows)
      .toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    await again.end();
  });

  test('a reset at the second query to Postgres prevents that query', async ({ linkTo, freshDatabase }) => {
    const { urls } = await freshDatabase('shop');
    const link = await linkTo('database', urls.owner);
    const client = new pg.Client({ connectionString: link.url });
    client.on('error', () => {});
    await client.connect();
    await client.query('CREATE TABLE acknowledged (n int)');
    await link.add(reset_peer({ stream: 'upstream', at: { query: 2 } }));
    await client.query('INSERT INTO acknowledged VALUES (1)');
    await expect(client.query('INSERT INTO acknowledged VALUES (2)')).rejects.toThrow('ECONNRESET');
    const direct = new pg.Client({ connectionString: urls.owner });
    await direct.connect();
    expect((await direct.query('SELECT n FROM acknowledged')).rows).toEqual([{ n: 1 }]);
    await direct.end();
  });

  test('a latency at the third query with times: 1 makes only that query slow', async ({ linkTo, freshDatabase }) => {
    const link = await linkTo('database', (await freshDatabase('shop')).urls.owner);
    const client = new pg.Client({ connectionString: link.url });
    await client.connect();
    const toxic = await link.add(latency({ latency: 1_000, at: { query: 3 }, times: 1 }));
    const took: number[] = [];
    for (let n = 0; n < 5; n++) took.push(await timed(() => client.query('SELECT $1::int', [n])));
    expect(took.map((ms) => ms > 1_000 - early)).toEqual([false, false, true, false, false]);
    expect((await toxic.hits()).connections).toBe(1);
    await client.end();
  });
});

test(
  'a reset at the third cache command loses the answer to that command, without counting the greeting',
  needs('links', 'link triggers', 'cache server'),
  async ({ linkTo, stores }) => {
    const link = await linkTo('cache', stores.cache.url ?? '');
    await using client = await connectTo(link.port);
    const command = (...words: string[]) =>
      `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
    await link.add(reset_peer({ at: { command: 3 } }));
    const sendCommand = async (words: string[], reply: string) => {
      const before = client.text();
      client.socket.write(command(...words));
      await expect.poll(() => client.text()).toBe(before + reply);
    };
    await sendCommand(['CLIENT', 'SETNAME', 'x'], '+OK\r\n');
    await sendCommand(['PING'], '+PONG\r\n');
    await sendCommand(['ECHO', '+OK'], '$3\r\n+OK\r\n');
    client.socket.write(command('PING'));
    expect(await client.ended).toBe('ECONNRESET');
    expect(client.text()).toMatch(/\+OK\r\n$/);
  },
);

test(
  'a reset at the n-th token cuts a stream of the real model at that token',
  needs('links', 'link triggers', 'started target'),
  async ({ linkTo, stack, config }) => {
    const link = await linkTo('model', stack.model.url);
    const ask = async () => {
      const answer = await fetch(`${link.url}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(stack.model.apiKey ? { authorization: `Bearer ${stack.model.apiKey}` } : {}),
        },
        body: JSON.stringify({
          model: config.MODEL_ID,
          stream: true,
          max_tokens: 20,
          messages: [{ role: 'user', content: 'How many customers are there?' }],
        }),
      });
      let text = '';
      const error = await (async () => {
        for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString();
      })().catch((cause: Error) => cause);
      return { status: answer.status, events: text.match(/^data:/gm)?.length ?? 0, broken: error !== undefined };
    };
    const whole = await ask();
    expect(whole).toMatchObject({ status: 200, broken: false });
    expect(whole.events).toBeGreaterThan(4);
    for (const token of [2, 4]) {
      const toxic = await link.add(reset_peer({ at: { token }, times: 1 }));
      expect(await ask()).toEqual({ status: 200, events: token - 1, broken: true });
      expect(await ask(), 'answer after the toxic has ended').toEqual(whole);
      await toxic.remove();
    }
  },
);
