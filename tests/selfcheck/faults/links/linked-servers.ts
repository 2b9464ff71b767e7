import { once } from 'node:events';
import net from 'node:net';
import type { Protocol } from '../../../../fixtures/faults/links/rpc.ts';
import { createLink, type ProxyLink } from '../../../../servers/link-proxy/link.ts';

export interface Behind extends AsyncDisposable {
  /** Of the server, past the link. */
  readonly port: number;
  readonly link: ProxyLink;
  /** Connections that the server has open. */
  open(): number;
}

/** Answers every byte with itself, and ends when its client has. */
export const echo = (socket: net.Socket): void => void socket.pipe(socket);

/** A server on loopback behind a link of this process. */
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
  /** Bytes that came and when, in milliseconds of `performance.now()`. */
  readonly arrived: { data: Buffer; at: number }[];
  text(): string;
  /** Resolves when the connection is closed: `ECONNRESET`, or `end`. */
  readonly ended: Promise<string>;
  /** Sends, and waits until as many bytes more have come, or the end. */
  ask(data: string | Buffer): Promise<void>;
}

/** Connects to a port of this machine. @throws as the system does, where nobody listens */
export async function connectTo(port: number): Promise<Client> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
  await once(socket, 'connect');
  const arrived: Client['arrived'] = [];
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  let error: string | undefined;
  let bytes = 0;
  const more = new Set<() => void>();
  const tell = () => {
    for (const look of [...more]) look();
  };
  socket.on('data', (data) => {
    arrived.push({ data, at: performance.now() });
    bytes += data.length;
    tell();
  });
  socket.on('error', (cause: NodeJS.ErrnoException) => (error = cause.code));
  // Both are an end to whoever waits: of the other side, and of the connection.
  socket.on('end', () => socket.end());
  socket.on('close', () => {
    resolve(error ?? 'end');
    tell();
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
        const look = () => {
          if (bytes < wanted && !socket.destroyed) return;
          more.delete(look);
          done();
        };
        more.add(look);
        look();
      });
    },
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await ended;
    },
  };
}

/** Milliseconds that something took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
