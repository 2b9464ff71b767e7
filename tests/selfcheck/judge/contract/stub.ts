import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  | 'fails on letters with accents'
  | 'answers with an undeclared status'
  | 'sends refusals as HTML'
  | 'leaves out a field of its answer'
  | 'accepts a title that is too long'
  | 'accepts a note without a title'
  | 'refuses a title of the greatest allowed length'
  | 'answers 404 to undeclared methods'
  | 'answers 405 without an Allow header'
  | 'accepts requests without credentials'
  | 'accepts any credentials'
  | 'still returns a deleted note'
  | 'loses a created note'
  | 'leaves out a required header';

const token = 'Bearer a-good-token';
/** The headers that the stub accepts as credentials. */
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

/** The contract of the stub: notes that a client can create, list, read and delete. */
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

/** Starts a service that keeps the contract except for the given fault. */
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
      title = is('accepts a note without a title') ? 'untitled' : undefined,
      priority = 1,
      ...rest
    } = body as Record<string, unknown>;
    const most = is('accepts a title that is too long')
      ? 100
      : is('refuses a title of the greatest allowed length')
        ? 19
        : 20;
    if (typeof title !== 'string' || title === '' || [...title].length > most) return { status: 422 };
    if (!Number.isInteger(priority) || Number(priority) < 1 || Number(priority) > 5 || Object.keys(rest).length > 0)
      return { status: 422 };
    if (is('fails on letters with accents') && /[^\x00-\x7f]/.test(title)) return { status: 500 };
    if (is('answers with an undeclared status') && priority === 5) return { status: 418 };
    const made = { id: randomUUID(), title, priority: Number(priority) };
    if (!is('loses a created note')) notes.set(made.id, made);
    return { status: 201, body: made };
  };
  const one = (method: string, key: string): Answer => {
    if (!uuid.test(key)) return { status: 422 };
    const found = notes.get(key.toLowerCase());
    if (!found) return { status: 404 };
    if (method === 'GET')
      return { status: 200, body: is('leaves out a field of its answer') ? { ...found, priority: undefined } : found };
    if (!is('still returns a deleted note')) notes.delete(key.toLowerCase());
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
      if (is('answers 404 to undeclared methods')) return { status: 404 };
      return { status: 405, headers: is('answers 405 without an Allow header') ? {} : { allow } };
    }
    const sent = given.authorization;
    const allowed =
      sent === token ||
      is('accepts requests without credentials') ||
      (is('accepts any credentials') && sent !== undefined);
    if (!allowed) return { status: 401 };
    if (key) return one(method, decodeURIComponent(key));
    if (method === 'POST') return given['content-type'] === 'application/json' ? make(text) : { status: 400 };
    const limited = searchParams.get('limit') ?? '50';
    if (!/^\d+$/.test(limited) || Number(limited) < 1 || Number(limited) > 50) return { status: 422 };
    return { status: 200, body: [...notes.values()].slice(0, Number(limited)) };
  };

  const server = createServer(async (request, response) => {
    const { status, body, headers: more = {} } = await answer(request);
    const type =
      status < 400 ? 'application/json' : is('sends refusals as HTML') ? 'text/html' : 'application/problem+json';
    const requestId = is('leaves out a required header') && status === 404 ? {} : { 'x-request-id': randomUUID() };
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
