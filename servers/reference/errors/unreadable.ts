import type { Socket } from 'node:net';

const answers: Record<string, [number, string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large'],
};

/** Answers invalid, too slow or too large requests with a problem; Fastify has no request object for them. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, title] = answers[error.code ?? ''] ?? [400, 'The request could not be read'];
  const type = 'urn:plumbline:problem:malformed_request';
  const body = JSON.stringify({ type, code: 'malformed_request', title, status, detail: `${title}.` });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
