import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

/** What the service does wrong; by default nothing. */
export interface Fault {
  /** Added to the completion tokens in the usage of the answer. */
  usage?: number;
  /** Added to the total in the usage. */
  total?: number;
  /** How many tokens a stream leaves out. */
  swallow?: number;
  losesRow?: boolean;
  losesCount?: boolean;
  staysInFlight?: boolean;
  keepsTransaction?: boolean;
  /** How many milliseconds after its answer the service stores its row: slow, but correct. */
  storesLate?: number;
}

const prompt = 7;
const words = ['Ten', ' green', ' bottles'];

/** A service with its own books: chat completions, `/metrics`, and a table of inferences in the given database. */
export async function startBookkeeper(databaseUrl: string) {
  const pool = new pg.Pool({ connectionString: databaseUrl, application_name: 'plumbline-reference' });
  // The database is dropped while connections may still be open, which then report an error.
  pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
  await pool.query(
    'CREATE TABLE inferences (id serial, request_id text, purpose text, prompt_tokens int, completion_tokens int)',
  );
  const counts = { prompt: 0, completion: 0, inFlight: 0, requests: 0 };
  let fault: Fault = {};
  const late: Promise<unknown>[] = [];
  const held: pg.PoolClient[] = [];

  const book = async (requestId: string) => {
    if (!fault.losesCount) {
      counts.prompt += prompt;
      counts.completion += words.length;
    }
    if (fault.losesRow) return;
    const store = () =>
      pool.query(
        'INSERT INTO inferences (request_id, purpose, prompt_tokens, completion_tokens) VALUES ($1, $2, $3, $4)',
        [requestId, 'chat', prompt, words.length],
      );
    if (!fault.storesLate) return void (await store());
    const stored = Promise.withResolvers<void>();
    late.push(stored.promise);
    setTimeout(() => void store().finally(stored.resolve), fault.storesLate);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { stream, cached } = JSON.parse(body) as { stream?: boolean; cached?: boolean };
    const requestId = `r${++counts.requests}`;
    response.setHeader('x-request-id', requestId);
    const completion = words.length + (fault.usage ?? 0);
    const usage = {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion + (fault.total ?? 0),
    };
    if (cached) return response.end(JSON.stringify({ cached, usage }));
    await book(requestId);
    if (fault.keepsTransaction) {
      const client = await pool.connect();
      await client.query('BEGIN; SELECT 1');
      held.push(client);
    }
    if (!stream) return response.end(JSON.stringify({ usage }));
    response.setHeader('content-type', 'text/event-stream');
    const sent = words.slice(0, words.length - (fault.swallow ?? 0));
    const content = (token: string) => [{ delta: { content: token }, logprobs: { content: [{ token }] } }];
    const chunks = [...sent.map((token) => ({ choices: content(token) })), { choices: [], usage }];
    response.end(`${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`);
  };

  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      counts.inFlight++;
      response.once('close', () => {
        if (!fault.staysInFlight) counts.inFlight--;
      });
      return void answer(request, response);
    }
    response.end(
      `model_tokens_total{purpose="chat",kind="prompt"} ${counts.prompt}\n` +
        `model_tokens_total{purpose="chat",kind="completion"} ${counts.completion}\n` +
        `http_requests_in_flight ${counts.inFlight}\n`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Sets the fault for all following requests. */
    commit(next: Fault) {
      fault = next;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await Promise.all(late);
      for (const client of held) client.release(true);
      await pool.end();
    },
  };
}
