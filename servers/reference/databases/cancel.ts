import { connect } from 'node:net';
import type { ClientBase } from 'pg';

const cancelRequest = 80_877_102;

/**
 * Cancels the running statement of a connection with Postgres's cancel request. Unlike pg_cancel_backend it needs no
 * login, so it works when connections have run out, and no privilege. A failure is harmless, because the statement ends
 * at its time limit.
 */
export function cancelStatement(client: ClientBase): void {
  const { processID, secretKey } = client as ClientBase & { processID?: number; secretKey?: number };
  if (processID == null || secretKey == null) return;
  const message = Buffer.alloc(16);
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(cancelRequest, 4);
  message.writeInt32BE(processID, 8);
  message.writeInt32BE(secretKey, 12);
  const { host, port } = client as ClientBase & { host: string; port: number };
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  socket.setTimeout(1_000, () => socket.destroy());
  socket.on('error', () => {});
  socket.end(message);
}
