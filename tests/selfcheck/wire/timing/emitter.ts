// A server in a separate process that stamps what it writes with the machine's monotonic clock (hrtime), the one
// clock that this process and the recorder share.
//   GET /?events=&every=       a stream whose every event carries its stamp
//   GET /pair?id=&events=&every=  the same for two callers with one id: both get each event, and they take turns to be first
//   GET /headers               answers late, with the time of the answer in a header
//   GET /contention            what delayed this process since the last such request
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { watchContention } from './contention.ts';

const stamp = (): string => String(Number(process.hrtime.bigint()) / 1e6);

const waiting = new Map<string, ServerResponse>();
let contention = watchContention();

const server = createServer((request, response) => {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://emitter');
  if (pathname === '/headers') {
    setTimeout(() => response.setHeader('x-stamp', stamp()).end('ok'), 20);
    return;
  }
  if (pathname === '/contention') {
    response.end(JSON.stringify(contention()));
    contention = watchContention();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-stamp': stamp() }).flushHeaders();
  const pace = { events: Number(query.get('events') ?? 40), everyMs: Number(query.get('every') ?? 5) };
  const id = query.get('id');
  if (id === null) return emit([response], pace);
  const other = waiting.get(id);
  waiting.set(id, response);
  if (!other) return;
  waiting.delete(id);
  emit([other, response], pace);
});

function emit(readers: ServerResponse[], { events, everyMs }: { events: number; everyMs: number }): void {
  let left = events;
  const timer = setInterval(() => {
    for (const reader of readers) reader.write(`data: ${stamp()}\n\n`);
    readers.reverse();
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    for (const reader of readers) reader.end('data: [DONE]\n\n');
  }, everyMs);
  for (const reader of readers) reader.on('close', () => clearInterval(timer));
}

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('disconnect', () => process.exit());
