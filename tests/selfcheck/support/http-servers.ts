import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';

export interface Served {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A server on a port of the system's choosing; disposing it drops its open connections. */
export async function serve(listener: RequestListener): Promise<Served> {
  const server = createServer(listener);
  return listening(server, () => server.closeAllConnections());
}

/** A server that speaks bytes, for answers no HTTP library would send. */
export async function serveBytes(talk: (socket: Socket) => void): Promise<Served> {
  const sockets = new Set<Socket>();
  const server = createTcpServer({ allowHalfOpen: false }, (socket) => {
    sockets.add(socket.on('error', () => socket.destroy()));
    talk(socket);
  });
  return listening(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

async function listening(server: Server | TcpServer, drop: () => void): Promise<Served> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      drop();
      await closed.promise;
    },
  };
}

/** A port on which nothing listens: the system's choice, given back. */
export async function deadUrl(): Promise<string> {
  await using served = await serve(() => {});
  return served.url;
}

/** Writes each piece in a turn of its own, so that each arrives as a chunk of its own. */
export async function trickle(
  write: (piece: Uint8Array | string) => void,
  pieces: readonly (Uint8Array | string)[],
  everyMs = 5,
): Promise<void> {
  for (const piece of pieces) {
    write(piece);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
