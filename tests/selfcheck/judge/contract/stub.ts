import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  | 'fails on letters with accents'
  | 'answers a status of its own'
  | 'sends its refusals as HTML'
  | 'leaves a field out'
  | 'takes too long a title'
  | 'takes a note without a title'
  | 'refuses the longest title'
  | 'says 404 to other methods'
  | 'says 405 without Allow'
  | 'lets strangers in'
  | 'lets anybody in who shows something'
  | 'keeps what is deleted'
  | 'loses what is created'
  | 'forgets a header';

const token = 'Bearer a-good-token';
/** What a caller of the stub must carry. */
export const stubHeaders = { authorization: token };

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object) => ({ 'application/json': { schema } });
const headers = { 'X-Request-Id': { required: true, schema: { type: 'string' } } };
const refusal = {
  description: 'refused',
  headers,
  content: { 'application/problem+json': { schema: ref('Problem') } },
};
const security = [{ token: [] }];
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };
const limit = { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 50 } };
const note = { description: 'a note', headers, content: json(ref('Note')) };

/** The promise: notes that one can make, read and remove. */
export const notesDocument = {
  openapi: '3.1.0',
  info: { title: 'Notes', version: '1' },
  paths: {
    '/notes': {
      post: {
        operationId: 'makeNote',
        security,
        requestBody: { required: true, content: json(ref('NewNote')) },
        responses: { 201: note, 400: refusal, 401: refusal, 422: refusal },
      },
      get: {
        operationId: 'listNotes',
        security,
        parameters: [limit],
        responses: {
          200: { description: 'all', headers, content: json({ type: 'array', items: ref('Note') }) },
          401: refusal,
          422: refusal,
        },
      },
    },
    '/notes/{id}': {
      get: {
        operationId: 'readNote',
        security,
        parameters: [id],
        responses: { 200: note, 401: refusal, 404: refusal, 422: refusal },
      },
      delete: {
        operationId: 'removeNote',
        security,
        parameters: [id],
        responses: { 204: { description: 'gone', headers }, 401: refusal, 404: refusal, 422: refusal },
      },
    },
  },
  components: {
    schemas: {
      NewNote: {
        type: 'object',
        properties: {
          title: { type: 'string', minLength: 1, maxLength: 20 },
          priority: { type: 'integer', minimum: 1, maximum: 5 },
        },
        required: ['title'],
        additionalProperties: false,
      },
      Note: {
        type: 'object',
        properties: { id: { type: 'string' }, title: { type: 'string' }, priority: { type: 'integer' } },
        required: ['id', 'title', 'priority'],
      },
      Problem: {
        type: 'object',
        properties: { title: { type: 'string' }, status: { type: 'integer' } },
        required: ['title', 'status'],
      },
    },
  },
};

type Answer = { status: number; body?: unknown; headers?: Record<string, string> };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A service that keeps the promise, but for one fault. */
export async function startNotes(fault?: Fault) {
  const notes = new Map<string, { id: string; title: string; priority: number }>();
  const is = (one: Fault): boolean => fault === one;

  const make = (text: string): Answer => {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return { status: 400 };
    }
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return { status: 422 };
    const {
      title = is('takes a note without a title') ? 'untitled' : undefined,
      priority = 1,
      ...rest
    } = body as Record<string, unknown>;
    const most = is('takes too long a title') ? 100 : is('refuses the longest title') ? 19 : 20;
    if (typeof title !== 'string' || title === '' || [...title].length > most) return { status: 422 };
    if (!Number.isInteger(priority) || Number(priority) < 1 || Number(priority) > 5 || Object.keys(rest).length > 0)
      return { status: 422 };
    if (is('fails on letters with accents') && /[^\x00-\x7f]/.test(title)) return { status: 500 };
    if (is('answers a status of its own') && priority === 5) return { status: 418 };
    const made = { id: randomUUID(), title, priority: Number(priority) };
    if (!is('loses what is created')) notes.set(made.id, made);
    return { status: 201, body: made };
  };
  const one = (method: string, key: string): Answer => {
    if (!uuid.test(key)) return { status: 422 };
    const found = notes.get(key.toLowerCase());
    if (!found) return { status: 404 };
    if (method === 'GET')
      return { status: 200, body: is('leaves a field out') ? { ...found, priority: undefined } : found };
    if (!is('keeps what is deleted')) notes.delete(key.toLowerCase());
    return { status: 204 };
  };
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stub');
    const key = /^\/notes\/([^/]+)$/.exec(pathname)?.[1];
    const allow = key ? 'GET, DELETE' : 'GET, POST';
    const { method = '', headers: given } = request;
    if (!allow.includes(method)) {
      if (is('says 404 to other methods')) return { status: 404 };
      return { status: 405, headers: is('says 405 without Allow') ? {} : { allow } };
    }
    const shown = given.authorization;
    const known =
      shown === token || is('lets strangers in') || (is('lets anybody in who shows something') && shown !== undefined);
    if (!known) return { status: 401 };
    if (key) return one(method, decodeURIComponent(key));
    if (method === 'POST') return given['content-type'] === 'application/json' ? make(text) : { status: 400 };
    const limited = searchParams.get('limit') ?? '50';
    if (!/^\d+$/.test(limited) || Number(limited) < 1 || Number(limited) > 50) return { status: 422 };
    return { status: 200, body: [...notes.values()].slice(0, Number(limited)) };
  };

  const server = createServer(async (request, response) => {
    const { status, body, headers: more = {} } = await answer(request);
    const type =
      status < 400 ? 'application/json' : is('sends its refusals as HTML') ? 'text/html' : 'application/problem+json';
    const requestId = is('forgets a header') && status === 404 ? {} : { 'x-request-id': randomUUID() };
    response.writeHead(status, { ...requestId, ...more, ...(status === 204 ? {} : { 'content-type': type }) });
    response.end(status === 204 ? undefined : JSON.stringify(body ?? { title: 'refused', status }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
