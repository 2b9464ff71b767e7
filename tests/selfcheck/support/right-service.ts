import type { IncomingMessage, ServerResponse } from 'node:http';
import pg from 'pg';
import { questions } from '../../../seed/questions/index.ts';
import { type Served, serve } from './http-servers.ts';

/** What was asked of the service, to be looked at by a test. */
interface Asked {
  readonly path: string;
  readonly key: string | undefined;
  readonly body: Record<string, unknown>;
}

export interface OtherService extends Served {
  readonly asked: Asked[];
}

export const otherKey = 'acme-key-1';

/**
 * A service that answers right and looks like none of ours: other paths, other field names, its key in another header,
 * rows as objects, no error documents. It knows the gold SQL of the question set and runs it.
 *
 * @param databases connection strings by database; without, it answers with SQL alone
 */
export async function startOtherService(databases: Record<string, string> = {}): Promise<OtherService> {
  const asked: Asked[] = [];
  const served = await serve(async (request, response) => {
    const body = JSON.parse((await text(request)) || '{}') as Record<string, unknown>;
    const key = request.headers['x-api-key'] as string | undefined;
    asked.push({ path: request.url ?? '', key, body });
    if (key !== otherKey) return send(response, 403, { oops: 'who are you?' });
    if (request.url === '/llm/chat') return chat(response, body);
    if (request.url === '/query') return answer(response, body, databases);
    send(response, 404, { oops: 'nothing here' });
  });
  return { ...served, asked };
}

function chat(response: ServerResponse, body: Record<string, unknown>): void {
  const messages = body['conversation'] as { content: string }[] | undefined;
  if (!messages) send(response, 400, { oops: 'no conversation' });
  else send(response, 200, { reply: { text: `You said: ${messages.at(-1)?.content}` } });
}

async function answer(response: ServerResponse, body: Record<string, unknown>, databases: Record<string, string>) {
  const known = questions.find(({ question }) => question === body['text']);
  if (!known) return send(response, 400, { oops: 'I do not know that one' });
  const url = databases[known.db_id];
  const rows = url ? await run(url, known.query) : [];
  send(response, 200, { generated_sql: known.query, result: { rows } });
}

/** Dates as Postgres writes them: a Date object would become midnight somewhere. */
const asWritten = {
  getTypeParser: (type: number) => ([1082, 1114, 1184].includes(type) ? String : pg.types.getTypeParser(type)),
};

async function run(url: string, sql: string): Promise<object[]> {
  const client = new pg.Client({ connectionString: url, types: asWritten as pg.CustomTypesConfig });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const text = async (request: IncomingMessage): Promise<string> =>
  Buffer.concat((await Array.fromAsync(request)) as Buffer[]).toString('utf8');

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
