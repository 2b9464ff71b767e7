import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type ChatBody = { messages: { role: string; content: string }[]; temperature: number; seed: number; stream: boolean };

/** One request as the stub received it. */
export type Asked = {
  headers: IncomingHttpHeaders;
  body: ChatBody;
  /** What the system message asks for. */
  kind: 'route' | 'sql' | 'repair';
  /** Resolves when the caller has gone before the answer's end. */
  gone: Promise<void>;
};

/** Alternatives to a token. */
type Likely = { token: string; logprob: number };

/** The stub's answer: a text, streamed in pieces of four characters, or what the function does to the response. */
export type StubAnswer =
  | string
  | { text: string; logprob?: number; finish?: string; first?: Likely[] }
  | ((response: ServerResponse) => void);

/**
 * A model server whose answers are scripted: chat completions of the OpenAI shape, streamed, with log probabilities.
 *
 * @param script decides each answer; it may be replaced while the stub runs
 */
export async function startModelStub(script: (asked: Asked) => StubAnswer) {
  const asked: Asked[] = [];
  const stub = { script, sick: false };
  const server = createServer(async (request, response) => {
    if (request.url === '/v1/models') {
      if (stub.sick) return void response.writeHead(500).end();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'plumbline-tiny', object: 'model' }] }));
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ChatBody;
    const gone = Promise.withResolvers<void>();
    response.once('close', () => response.writableFinished || gone.resolve());
    const one: Asked = { headers: request.headers, body, kind: kindOf(body), gone: gone.promise };
    asked.push(one);
    const answer = stub.script(one);
    if (typeof answer === 'function') answer(response);
    else stream(response, typeof answer === 'string' ? { text: answer } : answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    /** Whether it answers probes with a 500. */
    set sick(sick: boolean) {
      stub.sick = sick;
    },
    set script(next: (asked: Asked) => StubAnswer) {
      stub.script = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One chunk of a completion, as an event. */
export const chunk = (text: string, logprob = -0.01, top: Likely[] = []): string =>
  `data: ${JSON.stringify({
    choices: [
      { index: 0, delta: { content: text }, logprobs: { content: [{ token: text, logprob, top_logprobs: top }] } },
    ],
  })}\n\n`;

/** Begins an event stream, for answers that end badly. */
export const begin = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream' });

function stream(
  response: ServerResponse,
  answer: Exclude<StubAnswer, string | ((response: ServerResponse) => void)>,
): void {
  begin(response);
  const pieces = answer.text.match(/[\s\S]{1,4}/g) ?? [];
  for (const [index, piece] of pieces.entries())
    response.write(chunk(piece, answer.logprob, index === 0 ? answer.first : []));
  const last = { choices: [{ index: 0, delta: {}, finish_reason: answer.finish ?? 'stop' }] };
  const tokens = pieces.length;
  const usage = { prompt_tokens: 7, completion_tokens: tokens, total_tokens: 7 + tokens };
  response.write(`data: ${JSON.stringify(last)}\n\ndata: ${JSON.stringify({ choices: [], usage })}\n\n`);
  response.end('data: [DONE]\n\n');
}

function kindOf({ messages }: ChatBody): Asked['kind'] {
  if (messages[0]?.content.startsWith('Name the database')) return 'route';
  return messages.length > 2 ? 'repair' : 'sql';
}
