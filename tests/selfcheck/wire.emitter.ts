// A server in a process of its own that stamps what it writes with the machine's monotonic clock (hrtime), the one
// clock that this process and the recorder share. GET / is a stream whose every event carries its stamp;
// GET /headers answers late and says in a header when.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const EVENTS = 40;
const EVERY_MS = 5;

const stamp = (): string => String(Number(process.hrtime.bigint()) / 1e6);

const server = createServer((request, response) => {
  if (request.url === '/headers') {
    setTimeout(() => response.setHeader('x-stamp', stamp()).end('ok'), 20);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-stamp': stamp() }).flushHeaders();
  let left = EVENTS;
  const timer = setInterval(() => {
    response.write(`data: ${stamp()}\n\n`);
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    response.end('data: [DONE]\n\n');
  }, EVERY_MS);
  response.on('close', () => clearInterval(timer));
});

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('disconnect', () => process.exit());
