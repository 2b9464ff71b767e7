import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { connectProxies } from '../../../../fixtures/faults/links/proxies.ts';
import { skipAsInconclusive } from '../../../../fixtures/stack/optional/skip.ts';
import { median } from '../../../../fixtures/wire/latency/percentile.ts';

const main = fileURLToPath(new URL('../../../../servers/link-proxy/main.ts', import.meta.url));
const echo = `
  const server = require('node:net').createServer({ noDelay: true }, (socket) => socket.on('error', () => {}).on('data', (data) => socket.write(data)));
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ url: 'tcp://127.0.0.1:' + server.address().port })));`;

/** A link is one more hop each way: as much again as the direct way, and as much for its own work. */
const mostTimes = 2;
const [rounds, trips] = [12, 400];

/** Starts a script that prints its URL in its first line. */
async function start(children: DisposableStack, ...args: string[]): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.defer(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  return (JSON.parse(String(line)) as { url: string }).url;
}

async function connect(port: number): Promise<net.Socket> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Microseconds of one round trip. */
function trip(socket: net.Socket, message: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const started = process.hrtime.bigint();
    let got = 0;
    const on = (data: Buffer) => {
      got += data.length;
      if (got < message.length) return;
      socket.off('data', on);
      resolve(Number(process.hrtime.bigint() - started) / 1e3);
    };
    socket.on('data', on);
    socket.write(message);
  });
}

for (const protocol of ['plain', 'postgres', 'resp'] as const)
  test(`a ${protocol} link without toxics adds at most twice the median round trip of a direct connection`, async ({}, testInfo) => {
    using children = new DisposableStack();
    const server = await start(children, '-e', echo);
    await using proxies = await connectProxies(await start(children, main));
    const port = Number(new URL(server).port);
    const upstream = { host: '127.0.0.1', port };
    const link = await proxies.open({ name: 'link', upstream, protocol, seed: 7 });
    const sockets = await Promise.all([connect(port), connect(port), connect(link.port)]);
    const message = Buffer.from(protocol === 'resp' ? '$52\r\n'.padEnd(57, 'x').concat('\r\n') : 'x'.repeat(60));
    if (protocol === 'postgres') message.writeUInt32BE(message.length - 1, 1);

    // The connections take turns, so that other work on the machine affects all three alike. The difference between the
    // two direct connections measures that noise.
    const found: { direct: number; noise: number; added: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const times: [number[], number[], number[]] = [[], [], []];
      for (let n = 0; n < trips; n++)
        for (const [which, socket] of sockets.entries()) times[which]?.push(await trip(socket, message));
      const [direct, again, linked] = times.map(median) as [number, number, number];
      found.push({ direct, noise: Math.abs(direct - again), added: linked - Math.min(direct, again) });
    }
    for (const socket of sockets) socket.destroy();
    // A busy machine only adds time, so the round with the smallest share is nearest to the overhead of the proxy itself.
    const best = found.reduce((least, round) =>
      round.added / round.direct < least.added / least.direct ? round : least,
    );
    const words = `${best.direct.toFixed(0)} µs direct, ${best.added.toFixed(0)} µs more through the link (two direct connections differ by ${best.noise.toFixed(0)} µs)`;
    testInfo.annotations.push({ type: 'overhead', description: words });
    process.stderr.write(`${protocol}: ${words}\n`);
    skipAsInconclusive(
      testInfo,
      best.added > mostTimes * best.direct && best.noise > best.direct / 4,
      `inconclusive: the machine is too busy to tell: ${words}`,
    );
    expect(best.added / best.direct, words).toBeLessThanOrEqual(mostTimes);
  });
