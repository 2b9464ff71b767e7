// An upload-and-ask service that is not Plumbline's: cookies, raw uploads, words and errors of its own.
import http from 'node:http';
import { answer } from './answer.mjs';
import { Fault } from './fault.mjs';
import { burn, keep, paperOf, shelf, taskOf } from './papers.mjs';
import { enter, join, leave, memberOf } from './people.mjs';

const mostBytes = 8 * 1024 * 1024;

async function bytesOf(request, limit) {
  const tooLarge = () => new Fault(413, 'size', `at most ${limit} bytes are taken`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function formOf(request) {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new Fault(415, 'form', 'send JSON as application/json');
  try {
    return JSON.parse(await bytesOf(request, 100_000));
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(400, 'form', 'this is not JSON');
  }
}

const ok = (body) => ({ status: 200, body });

const routes = [
  ['GET', /^\/up$/, () => ok({ up: true })],
  ['POST', /^\/join$/, async (request) => join(await formOf(request))],
  ['POST', /^\/enter$/, async (request) => enter(await formOf(request))],
  [
    'POST',
    /^\/leave$/,
    async (request) => {
      await leave(await memberOf(request));
      return ok({ left: true });
    },
  ],
  [
    'GET',
    /^\/me$/,
    async (request) => {
      const { no, mail } = await memberOf(request);
      return ok({ who: { no: Number(no), mail } });
    },
  ],
  ['GET', /^\/papers$/, async (request) => ok({ papers: await shelf(await memberOf(request)) })],
  [
    'PUT',
    /^\/papers$/,
    async (request, _, query) => {
      const member = await memberOf(request);
      return keep(member, await bytesOf(request, mostBytes), query.get('title'));
    },
  ],
  ['GET', /^\/papers\/([^/]+)$/, async (request, ref) => ok({ paper: await paperOf(await memberOf(request), ref) })],
  [
    'DELETE',
    /^\/papers\/([^/]+)$/,
    async (request, ref) => {
      await burn(await memberOf(request), ref);
      return ok({ gone: true });
    },
  ],
  ['GET', /^\/tasks\/([^/]+)$/, async (request, ref) => ok({ task: await taskOf(await memberOf(request), ref) })],
  [
    'POST',
    /^\/questions$/,
    async (request) => {
      const member = await memberOf(request);
      const { text, paper } = (await formOf(request)) ?? {};
      if (typeof text !== 'string' || text.trim() === '' || text.length > 1_000 || text.includes('\0'))
        throw new Fault(400, 'form', 'text must be a question of up to 1,000 characters', 'text');
      if (paper !== undefined) await paperOf(member, String(paper));
      return ok(await answer(member, text, paper));
    },
  ],
];

async function handle(request) {
  const { pathname, searchParams } = new URL(request.url, 'http://library');
  const here = routes.filter(([, path]) => path.test(pathname));
  if (here.length === 0) throw new Fault(404, 'lost', 'there is nothing here');
  const [, path, act] = here.find(([method]) => method === request.method) ?? [];
  if (!act) throw new Fault(405, 'method', `${request.method} is not for this place`);
  return act(request, path.exec(pathname)[1], searchParams);
}

const server = http.createServer(async (request, response) => {
  const { status, body, headers } = await handle(request).catch((error) => {
    if (error instanceof Fault) return error;
    console.error(error.message);
    return new Fault(503, 'storage', 'the shelves cannot be reached: try again');
  });
  // What is left of a refused upload is not read.
  const rest = request.complete ? {} : { connection: 'close' };
  response.writeHead(status, { 'content-type': 'application/json', ...rest, ...headers }).end(JSON.stringify(body));
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('the library is open'));

process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => {
  server.close(() => process.exit());
  server.closeIdleConnections();
});
