import type { ServerResponse } from 'node:http';
import { type Served, serve } from '../../support/http-servers.ts';
import { allHostile } from './texts.ts';

/** A service whose every field is one of the hostile texts, by the number in its path; its models are all of them. */
export const startHostile = (): Promise<Served> =>
  serve((request, response) => {
    const url = request.url ?? '';
    const [, number = '', what = ''] = /^\/(\d+)\/(\w+)/.exec(url) ?? [];
    const text = allHostile[Number(number)] ?? allHostile.join('\n');
    if (url === '/v1/models') return json(response, 200, models(allHostile));
    if (what === 'plain') return answer(response, 200, 'text/plain; charset=utf-8', text);
    if (what === 'page') return answer(response, 200, 'text/html; charset=utf-8', `<h1>${text}</h1>`);
    if (what === 'picture') return answer(response, 200, 'image/svg+xml', text);
    if (what === 'json') return json(response, 200, { [text]: text, models: [text], nested: { text } });
    if (what === 'sql') return json(response, 200, sqlAnswer(text));
    if (what === 'problem') return json(response, 503, problem(text), 'application/problem+json');
    if (what === 'stream') return answer(response, 200, 'text/event-stream', streamOf(text));
    if (what === 'events') return answer(response, 200, 'text/event-stream', eventsOf(text));
    json(response, 400, { error: { message: text, type: text, code: text, param: text } });
  });

const models = (ids: readonly string[]): object => ({
  object: 'list',
  data: ids.map((id) => ({ id, object: 'model', created: 1, owned_by: id })),
});

const sqlAnswer = (text: string): object => ({
  ...{ id: text, question: text, database: text, sql: `SELECT '${text}'`, confidence: 0.5, executed: true },
  ...{ columns: [text], types: [text], rows: [[text], [text]], row_count: 2, truncated: false, reason: text },
  attempts: [{ sql: text, error: { code: text, message: text, hint: text }, ms: 1 }],
  ...{ timings: { total_ms: 1 }, model: text, usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } },
});

const problem = (text: string): object => ({ type: text, title: text, status: 503, detail: text, instance: text });

/** A stream of chat chunks: the text at once, and in single characters. */
const streamOf = (text: string): string =>
  [text, ...text, text]
    .map((content, i) => ({
      ...{ id: text, object: 'chat.completion.chunk', created: 1, model: text },
      choices: [{ index: 0, delta: i === 0 ? { role: text, content } : { content }, finish_reason: null }],
    }))
    .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
    .join('');

/** Events whose names, ids and comments are the text too, and whose data is no JSON. */
const eventsOf = (text: string): string => {
  const lines = text.split(/[\r\n]+/);
  const data = lines.map((line) => `data: ${line}\n`).join('');
  return lines.map((line) => `: ${line}\nevent: ${line}\nid: ${line}\n${data}\n`).join('');
};

const json = (response: ServerResponse, status: number, body: object, type = 'application/json'): void =>
  answer(response, status, type, JSON.stringify(body));

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  const printable = body.slice(0, 300).replace(/[^\x20-\x7e]/g, ' ');
  const headers = { 'content-type': type, 'x-request-id': printable, location: printable, server: printable };
  response.writeHead(status, printable.slice(0, 80), headers).end(body);
}
