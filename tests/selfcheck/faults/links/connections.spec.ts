import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import { expect, test } from '@playwright/test';
import { bandwidth, down, latency, reset_peer, slicer, timeout } from '../../../../fixtures/faults/links/toxics.ts';
import { skipWithout } from '../../../../fixtures/stack/optional/skip.ts';
import { createLink } from '../../../../servers/link-proxy/link.ts';
import { behindLink, connectTo, echo, timed } from './linked-servers.ts';

const refusal = (port: number) =>
  connectTo(port)
    .then(() => 'connected')
    .catch((error: NodeJS.ErrnoException) => error.code);

test('removing a toxic heals open connections and delivers the held bytes at once', async () => {
  await using behind = await behindLink(echo);
  await using client = await connectTo(behind.link.port);
  const id = await behind.link.add(latency({ latency: 600_000 }));
  client.socket.write('late');
  await expect.poll(() => behind.link.hits(id).bytes).toBe(4);
  await behind.link.remove(id);
  await expect.poll(() => client.text()).toBe('late');
  await client.ask('!');
  expect(client.text()).toBe('late!');
});

test('healing a slow connection in mid-transfer neither loses nor duplicates bytes', async () => {
  await using behind = await behindLink(echo);
  await using client = await connectTo(behind.link.port);
  const sent = Buffer.from(Array.from({ length: 40_000 }, (_, n) => n % 251));
  await behind.link.add(bandwidth({ rate: 40, stream: 'both' }));
  await behind.link.add(slicer({ average_size: 300, size_variation: 200 }));
  const coming = client.ask(sent);
  await expect.poll(() => client.text().length).toBeGreaterThan(1_000);
  expect(client.text().length).toBeLessThan(sent.length);
  await behind.link.heal();
  await coming;
  expect(Buffer.from(client.text(), 'latin1').equals(sent)).toBe(true);
});

test('two toxics on one link add up, and each can be removed separately', async () => {
  await using behind = await behindLink(echo);
  await using client = await connectTo(behind.link.port);
  await behind.link.add(latency({ latency: 100 }));
  const second = await behind.link.add(latency({ latency: 150, stream: 'upstream' }));
  expect(await timed(() => client.ask('x'))).toBeGreaterThan(248);
  await behind.link.remove(second);
  expect(await timed(() => client.ask('x'))).toBeGreaterThan(98);
  expect(behind.link.hits(second)).toEqual({ connections: 1, bytes: 1 });
});

test.describe('toxic down', () => {
  test('a link that is down closes its connections and refuses new ones, and later listens on the same port', async () => {
    await using behind = await behindLink(echo);
    const { link } = behind;
    await using client = await connectTo(link.port);
    await client.ask('x');
    for (let round = 0; round < 3; round++) {
      const id = await link.add(down());
      expect(await refusal(link.port)).toBe('ECONNREFUSED');
      if (round === 0) {
        expect(await client.ended).toBe('end');
        expect(link.hits(id)).toEqual({ connections: 1, bytes: 0 });
      }
      await link.remove(id);
      await using again = await connectTo(link.port);
      await again.ask('hello');
    }
  });

  test('a link that is down keeps its port reserved, so that the system gives it to no other process', async () => {
    skipWithout(test.info(), 'linux');
    await using behind = await behindLink(echo);
    const { link } = behind;
    const id = await link.add(down());
    const hex = link.port.toString(16).toUpperCase().padStart(4, '0');
    const taken = fs.readFileSync('/proc/net/tcp', 'utf8').split('\n');
    // Each line has the local address, the remote address and the state: 01 is an open connection, 0A a listening socket.
    const of = (state: string) =>
      taken.filter((line) => new RegExp(`^ *\\d+: [0-9A-F]{8}:${hex} \\S+ ${state} `).test(line));
    expect(of('0A')).toEqual([]);
    expect(of('01')).toHaveLength(1);
    await link.remove(id);
    await using client = await connectTo(link.port);
    await client.ask('x');
  });

  test('a link with two toxics down stays down until both are removed', async () => {
    await using behind = await behindLink(echo);
    const { link } = behind;
    const [first, second] = [await link.add(down()), await link.add(down())];
    await link.remove(first);
    expect(await refusal(link.port)).toBe('ECONNREFUSED');
    await link.remove(second);
    expect(await refusal(link.port)).toBe('connected');
  });

  test('a toxic down with a byte trigger takes the link down in mid-stream at that byte', async () => {
    await using behind = await behindLink(echo);
    await using client = await connectTo(behind.link.port);
    await behind.link.add(down({ at: { byte: 4 } }));
    await client.ask('abc');
    client.socket.write('d');
    expect(await client.ended).toBe('end');
    expect(client.text()).toBe('abc');
    await expect.poll(() => refusal(behind.link.port)).toBe('ECONNREFUSED');
  });
});

test.describe('links without faults', () => {
  test('a link passes on a half-close, so that a server can answer after the client has ended its side', async () => {
    await using behind = await behindLink((socket) => {
      let asked = '';
      socket.on('data', (data) => (asked += data));
      socket.on('end', () => socket.end(`you said ${asked}`));
    });
    await using client = await connectTo(behind.link.port);
    client.socket.end('hello');
    expect(await client.ended).toBe('end');
    expect(client.text()).toBe('you said hello');
  });

  test('a link passes on a reset as a reset in both directions', async () => {
    const codes: (string | undefined)[] = [];
    let served: net.Socket | undefined;
    await using behind = await behindLink((socket) => {
      served = socket;
      socket.on('error', (error: NodeJS.ErrnoException) => codes.push(error.code));
    });
    const first = await connectTo(behind.link.port);
    await expect.poll(() => behind.open()).toBe(1);
    first.socket.resetAndDestroy();
    await expect.poll(() => codes).toEqual(['ECONNRESET']);

    await using second = await connectTo(behind.link.port);
    await expect.poll(() => behind.open()).toBe(1);
    served?.resetAndDestroy();
    expect(await second.ended).toBe('ECONNRESET');
  });

  test('a link whose server is gone resets its clients and keeps running', async () => {
    const gone = await behindLink(echo);
    await gone[Symbol.asyncDispose]();
    const upstream = { host: '127.0.0.1', port: gone.port };
    const link = await createLink({ name: 'link', upstream, protocol: 'plain', seed: 7 });
    for (let n = 0; n < 3; n++) {
      await using client = await connectTo(link.port);
      expect(await client.ended).toBe('ECONNRESET');
    }
    await link.close();
  });

  test('a link keeps the bytes of 200 concurrent connections apart', async () => {
    await using behind = await behindLink(echo);
    await behind.link.add(latency({ latency: 5, jitter: 5, stream: 'both' }));
    const clients = await Promise.all(Array.from({ length: 200 }, () => connectTo(behind.link.port)));
    await Promise.all(clients.map((client, n) => client.ask(`I am ${n};`.repeat(20))));
    for (const [n, client] of clients.entries()) expect(client.text()).toBe(`I am ${n};`.repeat(20));
    for (const client of clients) await client[Symbol.asyncDispose]();
    await expect.poll(() => [behind.link.traffic().open, behind.open()]).toEqual([0, 0]);
  });

  for (const [how, toxics] of [
    ['without toxics', []],
    ['with a toxic', [latency({ latency: 1 })]],
  ] as const)
    test(`a link ${how} delivers 100 MB to a slow reader completely and buffers little of it`, async () => {
      const megabyte = Buffer.alloc(1024 * 1024, 'abcdefgh');
      const total = 100;
      let sent = 0;
      await using behind = await behindLink((socket) => {
        const more = () => {
          while (sent < total) {
            sent += 1;
            if (!socket.write(megabyte)) return;
          }
          socket.end();
        };
        socket.on('drain', more);
        more();
      });
      for (const toxic of toxics) await behind.link.add(toxic);
      const socket = net.connect(behind.link.port, '127.0.0.1');
      const hash = createHash('sha256');
      let got = 0;
      let most = 0;
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        hash.update(chunk);
        got += chunk.length;
        // This includes the kernel's buffers of three sockets, the piece being written, and the bytes that a toxic holds.
        most = Math.max(most, sent * megabyte.length - got);
        await new Promise(setImmediate);
      }
      expect(got).toBe(total * megabyte.length);
      const expected = createHash('sha256');
      for (let n = 0; n < total; n++) expected.update(megabyte);
      expect(hash.digest('hex')).toBe(expected.digest('hex'));
      expect(most).toBeLessThan(32 * megabyte.length);
    });

  test('a link stops reading from a server when a toxic holds the bytes for its client', async () => {
    const chunk = Buffer.alloc(64 * 1024);
    let accepted = 0;
    await using behind = await behindLink((socket) => {
      const more = () => {
        do accepted += chunk.length;
        while (socket.write(chunk));
      };
      socket.on('drain', more);
      more();
    });
    const id = await behind.link.add(timeout({ timeout: 0 }));
    await using client = await connectTo(behind.link.port);
    // Wait until the server cannot write any more.
    let before = -1;
    await expect
      .poll(
        () => {
          const stopped = accepted === before && behind.link.hits(id).bytes > 0;
          before = accepted;
          return stopped;
        },
        { intervals: [200] },
      )
      .toBe(true);
    expect(behind.link.hits(id).bytes).toBeLessThan(3 * 1024 * 1024);
    expect(accepted).toBeLessThan(32 * 1024 * 1024);
    expect(client.text()).toBe('');
    await behind.link.add(reset_peer());
    expect(await client.ended).toBe('ECONNRESET');
  });
});
