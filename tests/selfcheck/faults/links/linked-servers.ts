import { once } from 'node:events';
import net from 'node:net';
import type { Protocol } from '../../../../fixtures/faults/links/rpc.ts';
import { createLink, type ProxyLink } from '../../../../servers/link-proxy/link.ts';

export interface Behind extends AsyncDisposable {
  /** The port of the server itself, behind the link. */
  readonly port: number;
  readonly link: ProxyLink;
  /** How many connections the server has open. */
  open(): number;
}

/** Returns every byte to its client, and ends when the client ends. */
export const echo = (socket: net.Socket): void => void socket.pipe(socket);

/** A server on loopback behind a link that runs in this process. */
export async function behindLink(
  serve: (socket: net.Socket) => void,
  { protocol = 'plain', seed = 7 }: { protocol?: Protocol; seed?: number } = {},
): Promise<Behind> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const link = await createLink({ name: 'link', upstream: { host: '127.0.0.1', port }, protocol, seed });
  return {
    port,
    link,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      await link.close();
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

export interface Client extends AsyncDisposable {
  readonly socket: net.Socket;
  /** The received bytes and their times, in milliseconds of `performance.now()`. */
  readonly arrived: { data: Buffer; at: number }[];
  text(): string;
  /** Resolves when the connection is closed, with `ECONNRESET` or `end`. */
  readonly ended: Promise<string>;
  /** Sends data, and waits for as many bytes or the end of the connection. */
  ask(data: string | Buffer): Promise<void>;
}

/** Connects to a port of this machine. @throws the system's error where nothing listens */
export async function connectTo(port: number): Promise<Client> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
  await once(socket, 'connect');
  const arrived: Client['arrived'] = [];
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  let error: string | undefined;
  let bytes = 0;
  const listeners = new Set<() => void>();
  const notify = () => {
    for (const listener of [...listeners]) listener();
  };
  socket.on('data', (data) => {
    arrived.push({ data, at: performance.now() });
    bytes += data.length;
    notify();
  });
  socket.on('error', (cause: NodeJS.ErrnoException) => (error = cause.code));
  // A waiting caller continues both at the end of the other side and when the connection closes.
  socket.on('end', () => socket.end());
  socket.on('close', () => {
    resolve(error ?? 'end');
    notify();
  });
  return {
    socket,
    arrived,
    ended,
    text: () => Buffer.concat(arrived.map(({ data }) => data)).toString('latin1'),
    async ask(data) {
      const wanted = bytes + data.length;
      socket.write(data);
      await new Promise<void>((done) => {
        const check = () => {
          if (bytes < wanted && !socket.destroyed) return;
          listeners.delete(check);
          done();
        };
        listeners.add(check);
        check();
      });
    },
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await ended;
    },
  };
}

/** How long something took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
