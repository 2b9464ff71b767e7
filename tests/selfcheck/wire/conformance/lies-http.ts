import { setTimeout as after } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { but, done, finish, framed, head, joined, type Kind, repeats, role, sends, text, whole } from './lies.ts';

const SSE = 'content-type: text/event-stream';
const body = joined(whole);
const part = whole.slice(0, 3);
const unframed = (length: number) => head([SSE], '200 OK', `content-length: ${length}`);
const page = '<!DOCTYPE html>\n<html><body>502 Bad Gateway</body></html>\n';
const refusal = '{"error":{"message":"the model is not loaded","type":"server_error"}}';
const many = [role, ...Array.from({ length: 400 }, (_, i) => text(`${i} `)), finish, done];

/** Streams that break a rule before their first line, or in how they end. */
export const httpLies: readonly Kind[] = [
  {
    kind: 'a connection that is closed without a response',
    caught: ['no-response'],
    says: 'no response arrived',
    talk: (socket) => void socket.end(),
  },
  { kind: 'a stream with status 500', caught: ['status'], says: '500', talk: sends(whole, { status: '500 No' }) },
  {
    kind: 'a response with status 204',
    caught: ['status'],
    says: '204',
    talk: (socket) => void socket.write('HTTP/1.1 204 No Content\r\n\r\n'),
  },
  {
    kind: 'a redirect',
    caught: ['status'],
    says: 'redirect to "/elsewhere"',
    talk: (socket) => void socket.write('HTTP/1.1 307 Go\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n'),
  },
  {
    kind: 'a wrong content-type',
    caught: ['content-type'],
    says: 'text/plain',
    talk: sends(whole, { headers: ['content-type: text/plain'] }),
  },
  { kind: 'a missing content-type', caught: ['content-type'], says: 'missing', talk: sends(whole, { headers: [] }) },
  {
    kind: 'a wrong charset',
    caught: ['content-type'],
    says: 'latin1',
    talk: sends(whole, { headers: [`${SSE}; charset=latin1`] }),
  },
  {
    kind: 'an HTML page in place of a stream',
    caught: ['html'],
    says: '502 Bad Gateway',
    talk: sends([page], { headers: ['content-type: text/html'] }),
  },
  { kind: 'an HTML page that is declared as a stream', caught: ['html'], says: '502 Bad Gateway', talk: sends([page]) },
  {
    kind: 'a JSON error with status 200',
    caught: ['json'],
    says: 'not loaded',
    talk: sends([refusal], { headers: ['content-type: application/json'] }),
  },
  { kind: 'a JSON error that is declared as a stream', caught: ['json'], says: 'not loaded', talk: sends([refusal]) },
  {
    kind: 'a correct content-length',
    caught: ['content-length'],
    says: `${body.length}`,
    talk: (socket) => void socket.write(Buffer.concat([Buffer.from(unframed(body.length)), body])),
  },
  {
    kind: 'a content-length that is too large',
    caught: ['content-length', 'unclean-end'],
    says: `of which ${body.length} bytes came`,
    talk: (socket) => void socket.end(Buffer.concat([Buffer.from(unframed(body.length + 20)), body])),
  },
  {
    kind: 'a content-length that is too small',
    caught: ['content-length', 'after-body', 'unfinished-event'],
    says: '300',
    talk: (socket) => void socket.write(Buffer.concat([Buffer.from(unframed(300)), body])),
  },
  {
    kind: 'a stream compressed as a whole',
    caught: ['content-encoding'],
    says: 'gzip',
    talk: sends([gzipSync(body)], { headers: [SSE, 'content-encoding: gzip'] }),
  },
  {
    kind: 'a stream that is held back until its end',
    caught: ['buffered'],
    says: '403 events',
    needsCalm: true,
    rules: { budgets: { bufferedMs: 500 } },
    async talk(socket) {
      await after(800);
      socket.end(Buffer.concat([Buffer.from(head()), ...many.map(framed), Buffer.from('0\r\n\r\n')]));
    },
  },
  {
    kind: 'a stream that stalls for good',
    caught: ['stall'],
    says: 'nothing came for',
    rules: { budgets: { stallMs: 200 } },
    talk: sends(part, { end: '' }),
  },
  {
    kind: 'a stream that stalls and then continues',
    caught: ['stall'],
    says: 'nothing came for',
    needsCalm: true,
    rules: { budgets: { stallMs: 150 } },
    async talk(socket) {
      await sends(part, { end: '' })(socket);
      await after(400);
      if (!socket.destroyed) socket.end(Buffer.concat([framed(finish), framed(done), Buffer.from('0\r\n\r\n')]));
    },
  },
  {
    kind: 'a stream that has not ended at the deadline of its request',
    caught: ['no-end'],
    says: 'within 300 ms',
    timeoutMs: 300,
    talk: sends(part, { end: '' }),
  },
  {
    kind: 'a stream that the client leaves after its first event',
    caught: ['left-early'],
    says: 'the client left',
    leaves: true,
    talk: sends(part, { end: '' }),
  },
  {
    kind: 'a connection that stays open after [DONE]',
    caught: ['lingers'],
    says: 'after the terminal event',
    rules: { budgets: { lingerMs: 150 } },
    talk: sends(whole, { end: '' }),
  },
  {
    kind: 'endless comments after [DONE]',
    caught: ['lingers'],
    rules: { budgets: { lingerMs: 150 } },
    talk: repeats(whole, ': still here\n\n', 10),
  },
  {
    kind: 'endless comments in mid-stream',
    caught: ['endless-comments'],
    says: 'without an event',
    rules: { budgets: { eventGapMs: 300 } },
    talk: repeats(part, ': still here\n\n', 10),
  },
  {
    kind: 'a flood of comments',
    caught: ['endless-comments'],
    rules: { budgets: { maxEventBytes: 1024 * 1024 } },
    talk: repeats(part, `: ${'x'.repeat(64 * 1024)}\n`, 0),
  },
  { kind: 'a chunked body without its last chunk', caught: ['unclean-end'], talk: cut((socket) => socket.end()) },
  {
    kind: 'a connection that is reset',
    caught: ['unclean-end'],
    says: 'ECONNRESET',
    talk: cut((socket) => socket.resetAndDestroy()),
  },
  {
    kind: 'a cut in the middle of a chunk',
    caught: ['unclean-end'],
    talk: (socket) => void socket.end(Buffer.concat([Buffer.from(head()), framed(body).subarray(0, 200)])),
  },
  {
    kind: 'a chunk size that is too small',
    caught: ['bad-framing'],
    says: 'breaks HTTP',
    talk: (socket) => void socket.end(`${head()}${framed(role)}9\r\n${text('Hello')}\r\n0\r\n\r\n`),
  },
  {
    kind: 'a chunk size that is not a number',
    caught: ['bad-framing'],
    says: 'HTTP',
    talk: (socket) => void socket.end(`${head()}${framed(role)}many\r\n${text('Hello')}\r\n0\r\n\r\n`),
  },
  {
    kind: 'text after the last event',
    caught: ['after-terminal'],
    says: 'not an event',
    talk: sends([...whole, 'bye']),
  },
  {
    kind: 'bytes after the last chunk of the body',
    caught: ['after-body'],
    says: 'after the response was complete',
    talk: (socket) => void socket.write(`${head()}${whole.map((event) => framed(event)).join('')}0\r\n\r\nbye`),
  },
  { kind: 'an empty body', caught: ['no-terminal'], says: '0 events', talk: sends([]) },
  { kind: 'half an answer with a clean end', caught: ['no-terminal'], says: '[DONE]', talk: sends(but(3, 2)) },
];

/** Sends half the stream, waits until it has left the socket, and then ends the socket with the given function. */
function cut(end: (socket: Parameters<Kind['talk']>[0]) => void): Kind['talk'] {
  return async (socket) => {
    await sends(part, { end: '' })(socket);
    await after(30);
    end(socket);
  };
}
