import { expect, test } from '@playwright/test';
import {
  bandwidth,
  corrupt,
  latency,
  limit_data,
  reset_peer,
  slicer,
  slow_close,
  slow_open,
  type Toxic,
  timeout,
} from '../../../../fixtures/faults/links/toxics.ts';
import { behindLink, connectTo, echo, timed } from './linked-servers.ts';

// The tests check lower bounds only, because a busy machine makes everything slower. Timers may be a millisecond early.
const early = 2;

test.describe('toxic latency', () => {
  for (const [stream, least] of [
    ['downstream', 100],
    ['upstream', 100],
    ['both', 200],
  ] as const)
    test(`a latency of 100 ms on the stream "${stream}" makes a round trip ${least} ms slower`, async () => {
      await using behind = await behindLink(echo);
      await using client = await connectTo(behind.link.port);
      // The connection is open and in use before the toxic is added.
      await client.ask('before');
      const id = await behind.link.add(latency({ latency: 100, stream }));
      expect(await timed(() => client.ask('hello'))).toBeGreaterThan(least - early);
      expect(behind.link.hits(id)).toEqual({ connections: 1, bytes: stream === 'both' ? 10 : 5 });
    });

  test('the toxic latency delays ten pieces in flight at the same time, not one after the other', async () => {
    await using behind = await behindLink(echo);
    await using client = await connectTo(behind.link.port);
    await behind.link.add(latency({ latency: 400 }));
    const sent: number[] = [];
    for (let n = 0; n < 10; n++) {
      sent.push(performance.now());
      client.socket.write('x');
      await expect.poll(() => behind.link.traffic().bytes, { intervals: [1] }).toBe(2 * (n + 1));
    }
    await expect.poll(() => client.text().length).toBe(10);
    expect(Number(client.arrived.at(0)?.at) - Number(sent[0])).toBeGreaterThan(400 - early);
    expect(Number(client.arrived.at(-1)?.at) - Number(sent[0])).toBeLessThan(10 * 400);
  });

  test('the toxic latency with jitter keeps the order of the bytes', async () => {
    await using behind = await behindLink(echo);
    await using client = await connectTo(behind.link.port);
    await behind.link.add(latency({ latency: 30, jitter: 30 }));
    const text = Array.from({ length: 50 }, (_, n) => `${n} `);
    for (const part of text) {
      client.socket.write(part);
      await new Promise(setImmediate);
    }
    await expect.poll(() => client.text()).toBe(text.join(''));
  });
});

test('the toxic bandwidth at 40 KB/s delivers 20 KB completely, in at least half a second', async () => {
  await using behind = await behindLink(echo);
  await using client = await connectTo(behind.link.port);
  await behind.link.add(bandwidth({ rate: 40 }));
  expect(await timed(() => client.ask(Buffer.alloc(20_000, 'x')))).toBeGreaterThan(500 - early);
  // The bytes are spread over that time, not held and then sent at once.
  const [first, last] = [client.arrived[0]?.at ?? 0, client.arrived.at(-1)?.at ?? 0];
  expect(last - first).toBeGreaterThan(250);
});

test('the toxic slow_close delays the end of a connection, but not the data before it', async () => {
  let endedAt = 0;
  await using behind = await behindLink((socket) => {
    endedAt = performance.now();
    socket.end('bye');
  });
  const id = await behind.link.add(slow_close({ delay: 300 }));
  await using client = await connectTo(behind.link.port);
  expect(await client.ended).toBe('end');
  const lateMs = performance.now() - endedAt;
  expect(client.text()).toBe('bye');
  expect(lateMs).toBeGreaterThan(300 - early);
  expect(Number(client.arrived[0]?.at) - endedAt).toBeLessThan(lateMs);
  expect(behind.link.hits(id).connections).toBe(1);
});

test('the toxic slow_open delays new connections, but not open ones', async () => {
  await using behind = await behindLink(echo);
  await using before = await connectTo(behind.link.port);
  await before.ask('x');
  const id = await behind.link.add(slow_open({ delay: 200 }));
  const started = performance.now();
  await using after = await connectTo(behind.link.port);
  await after.ask('x');
  expect(performance.now() - started).toBeGreaterThan(200 - early);
  await before.ask('x');
  expect(behind.link.hits(id)).toEqual({ connections: 1, bytes: 0 });
});

test.describe('toxic timeout', () => {
  test('the toxic timeout closes a connection with steady traffic, of which nothing arrives', async () => {
    await using behind = await behindLink((socket) => {
      const steady = setInterval(() => socket.write('x'), 5);
      socket.on('close', () => clearInterval(steady));
    });
    await using client = await connectTo(behind.link.port);
    await expect.poll(() => client.text().length).toBeGreaterThan(3);
    const started = performance.now();
    await behind.link.add(timeout({ timeout: 300 }));
    const before = client.text().length;
    await client.ended;
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(300 - early);
    expect(took, 'duration: in Toxiproxy the time starts again with every piece, and never ends').toBeLessThan(15_000);
    // A few bytes may have been under way when the toxic was added.
    expect(client.text().length - before).toBeLessThan(5);
  });

  test('the toxic timeout of 0 holds bytes until it is removed, and then delivers them', async () => {
    await using behind = await behindLink(echo);
    await using client = await connectTo(behind.link.port);
    const id = await behind.link.add(timeout({ timeout: 0 }));
    client.socket.write('held');
    await expect.poll(() => behind.link.hits(id)).toEqual({ connections: 1, bytes: 4 });
    expect(client.text()).toBe('');
    await behind.link.remove(id);
    await expect.poll(() => client.text()).toBe('held');
  });
});

test.describe('toxic reset_peer', () => {
  test('the toxic reset_peer resets both sides of a connection at once', async () => {
    const ends: (string | undefined)[] = [];
    await using behind = await behindLink((socket) => {
      socket.on('error', (error: NodeJS.ErrnoException) => ends.push(error.code));
    });
    await using client = await connectTo(behind.link.port);
    await expect.poll(() => behind.link.traffic().open).toBe(1);
    const id = await behind.link.add(reset_peer());
    expect(await client.ended).toBe('ECONNRESET');
    await expect.poll(() => ends).toEqual(['ECONNRESET']);
    expect(behind.link.hits(id).connections).toBe(1);
  });

  test('the toxic reset_peer with a timeout resets a connection after that time', async () => {
    await using behind = await behindLink(echo);
    await using client = await connectTo(behind.link.port);
    await client.ask('x');
    const started = performance.now();
    await behind.link.add(reset_peer({ timeout: 150 }));
    await client.ended;
    expect(performance.now() - started).toBeGreaterThan(150 - early);
    expect(await client.ended).toBe('ECONNRESET');
  });
});

test('the toxic slicer delivers data in pieces of about the given size, with pauses', async () => {
  await using behind = await behindLink(echo);
  await using client = await connectTo(behind.link.port);
  await behind.link.add(slicer({ average_size: 10, size_variation: 4, delay: 4_000 }));
  const sent = 'abcdefghij'.repeat(10);
  // 100 bytes in pieces of at most 14 bytes make at least eight pieces, with seven pauses.
  expect(await timed(() => client.ask(sent))).toBeGreaterThan(7 * 4 - early);
  expect(client.text()).toBe(sent);
  expect(client.arrived.length).toBeGreaterThanOrEqual(3);
});

test('the toxic limit_data delivers exactly its number of bytes and then closes the connection', async () => {
  await using behind = await behindLink(echo);
  await using client = await connectTo(behind.link.port);
  const id = await behind.link.add(limit_data({ bytes: 7 }));
  await client.ask('hello');
  expect(behind.link.hits(id)).toEqual({ connections: 0, bytes: 0 });
  client.socket.write('world');
  expect(await client.ended).toBe('end');
  expect(client.text()).toBe('hellowo');
  expect(behind.link.hits(id)).toEqual({ connections: 1, bytes: 3 });
});

test('the toxic corrupt changes about the given share of the bytes and loses none', async () => {
  await using behind = await behindLink(echo);
  await using client = await connectTo(behind.link.port);
  const id = await behind.link.add(corrupt({ rate: 0.1 }));
  const sent = Buffer.alloc(10_000, 'x');
  await client.ask(sent);
  const changed = [...client.text()].filter((letter) => letter !== 'x').length;
  expect(changed).toBeGreaterThan(800);
  expect(changed).toBeLessThan(1_200);
  expect(behind.link.hits(id).bytes).toBe(changed);
});

for (const [name, make, message] of [
  ['a negative latency', () => latency({ latency: -1 }), 'latency: latency is -1, and must be 0 or more'],
  ['a toxicity above 1', () => timeout({ timeout: 1, toxicity: 2 }), 'toxicity is 2, and is a share'],
  ['a bandwidth of 0', () => bandwidth({ rate: 0 }), 'must be above 0 KB/s'],
  [
    'a slicer with slices of less than a byte',
    () => slicer({ average_size: 2, size_variation: 2 }),
    'size_variation smaller',
  ],
  ['a trigger at token 0', () => reset_peer({ at: { token: 0 } }), 'a whole number from 1, such as { token: 3 }'],
  ['a toxic that ends after 0 hits', () => corrupt({ rate: 1, times: 0 }), 'times is 0'],
] as readonly [string, () => Toxic, string][])
  test(`${name} is refused with an error that names the option`, () => expect(make).toThrow(message));
