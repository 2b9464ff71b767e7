import { requirement } from '../../../fixtures/spec/requirements.ts';
import { bootModel, chat, expect, type Json, modelPath, post, test } from '../../selfcheck/support/model-server.ts';

type Refusal = { error: { message: string; type: string; param: string | null; code: string | null } };

const messages = [{ role: 'user', content: 'Hello' }];
const bad: { what: string; body: unknown; status?: number; param: string | null; code?: string; path?: string }[] = [
  { what: 'a body that is not JSON', body: '{"model":', param: null, code: 'invalid_json' },
  { what: 'a body that is a list', body: [], param: null, code: 'invalid_json' },
  { what: 'a request without a model', body: { messages }, param: 'model', code: 'missing_required_parameter' },
  {
    what: 'an unknown model',
    body: chat('x', { model: 'gpt-9' }),
    status: 404,
    param: 'model',
    code: 'model_not_found',
  },
  { what: 'a request without messages', body: { model: 'one' }, param: 'messages', code: 'missing_required_parameter' },
  { what: 'an empty list of messages', body: { model: 'one', messages: [] }, param: 'messages' },
  {
    what: 'an unknown role',
    body: { model: 'one', messages: [{ role: 'king', content: 'x' }] },
    param: 'messages[0].role',
  },
  {
    what: 'content that is a number',
    body: { model: 'one', messages: [...messages, { role: 'user', content: 5 }] },
    param: 'messages[1].content',
  },
  {
    what: 'a picture as content',
    body: { model: 'one', messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
    param: 'messages[0].content',
  },
  { what: 'max_tokens of 0', body: chat('x', { max_tokens: 0 }), param: 'max_tokens' },
  { what: 'max_tokens as text', body: chat('x', { max_tokens: 'ten' }), param: 'max_tokens' },
  { what: 'a temperature of 3', body: chat('x', { temperature: 3 }), param: 'temperature' },
  { what: 'top_p of 2', body: chat('x', { top_p: 2 }), param: 'top_p' },
  { what: 'n of 0', body: chat('x', { n: 0 }), param: 'n' },
  { what: 'n of 100', body: chat('x', { n: 100 }), param: 'n' },
  { what: 'five stop strings', body: chat('x', { stop: ['a', 'b', 'c', 'd', 'e'] }), param: 'stop' },
  { what: 'stream as text', body: chat('x', { stream: 'yes' }), param: 'stream' },
  {
    what: 'stream_options without stream',
    body: chat('x', { stream_options: { include_usage: true } }),
    param: 'stream_options',
  },
  { what: 'top_logprobs without logprobs', body: chat('x', { top_logprobs: 2 }), param: 'top_logprobs' },
  { what: 'top_logprobs of 21', body: chat('x', { logprobs: true, top_logprobs: 21 }), param: 'top_logprobs' },
  { what: 'a fractional seed', body: chat('x', { seed: 1.5 }), param: 'seed' },
  {
    what: 'a logit bias for an unknown token',
    body: chat('x', { logit_bias: { '99999999': 1 } }),
    param: 'logit_bias',
  },
  {
    what: 'a request with tools',
    body: chat('x', { tools: [{ type: 'function' }] }),
    param: 'tools',
    code: 'unsupported_parameter',
  },
  {
    what: 'a request for JSON mode',
    body: chat('x', { response_format: { type: 'json_object' } }),
    param: 'response_format',
    code: 'unsupported_parameter',
  },
  {
    what: 'a prompt longer than the context',
    body: chat('word '.repeat(9000)),
    param: 'messages',
    code: 'context_length_exceeded',
  },
  {
    what: 'a prompt longer than the context, streamed',
    body: chat('word '.repeat(9000), { stream: true }),
    param: 'messages',
    code: 'context_length_exceeded',
  },
  { what: 'an empty prompt', body: { model: 'one', prompt: '' }, param: 'prompt', path: '/v1/completions' },
  {
    what: 'a completion of several prompts',
    body: { model: 'one', prompt: ['a', 'b'] },
    param: 'prompt',
    path: '/v1/completions',
  },
  { what: 'an embedding request without input', body: { model: 'one' }, param: 'input', path: '/v1/embeddings' },
  { what: 'an empty embedding input', body: { model: 'one', input: [''] }, param: 'input[0]', path: '/v1/embeddings' },
  {
    what: 'an embedding input longer than the context',
    body: { model: 'one', input: 'word '.repeat(9000) },
    param: 'input',
    code: 'context_length_exceeded',
    path: '/v1/embeddings',
  },
];

for (const { what, body, status = 400, param, code, path = '/v1/chat/completions' } of bad) {
  test(
    `the model server refuses ${what} with ${status}`,
    requirement('CHAT-09', 'STREAM-10', 'STREAM-11'),
    async ({ model }) => {
      const response = await post(model.url + path, body);
      const { error } = (await response.json()) as Refusal;
      expect({
        status: response.status,
        param: error.param,
        code: code ? error.code : undefined,
        type: error.type,
      }).toEqual({
        status,
        param,
        code,
        type: 'invalid_request_error',
      });
      expect(error.message).not.toBe('');
    },
  );
}

test(
  'a request for an unknown model gets an error that lists the known ones',
  requirement('MODELS-04'),
  async ({ model }) => {
    const { error } = (await (await post(`${model.url}/v1/models/nope/load`, {})).json()) as Refusal;
    expect(error.message).toContain("'one', 'two'");
  },
);

test(
  'the model server accepts unknown fields and fields that ask for nothing',
  requirement('CHAT-13'),
  async ({ model }) => {
    const idle: Json = {
      tools: [],
      response_format: { type: 'text' },
      user: 'me',
      metadata: { a: 1 },
      stop: null,
      seed: null,
      max_tokens: 1,
      store: true,
    };
    expect((await post(`${model.url}/v1/chat/completions`, chat('x', idle))).status).toBe(200);
  },
);

const wrong: {
  what: string;
  method: string;
  path: string;
  status: number;
  allow?: string;
  body?: string;
  type?: string;
}[] = [
  { what: 'an unknown path', method: 'GET', path: '/v1/nothing', status: 404 },
  { what: 'GET of a POST route', method: 'GET', path: '/v1/chat/completions', status: 405, allow: 'POST' },
  { what: 'DELETE of a model', method: 'DELETE', path: '/v1/models/one', status: 405, allow: 'GET' },
  {
    what: 'a form as body',
    method: 'POST',
    path: '/v1/chat/completions',
    status: 415,
    body: 'a=b',
    type: 'application/x-www-form-urlencoded',
  },
  {
    what: 'a body of 5 MB',
    method: 'POST',
    path: '/v1/chat/completions',
    status: 413,
    body: `"${'x'.repeat(5 << 20)}"`,
    type: 'application/json',
  },
];
for (const { what, method, path, status, allow, body, type } of wrong) {
  test(
    `the model server answers ${what} with ${status} and OpenAI’s error object`,
    requirement('STREAM-21'),
    async ({ model }) => {
      const init = { method, ...(body ? { body } : {}), headers: type ? { 'content-type': type } : {} };
      const response = await fetch(model.url + path, init);
      expect(response.status).toBe(status);
      expect(response.headers.get('allow')).toBe(allow ?? null);
      expect((await response.json()) as Refusal).toMatchObject({ error: { type: 'invalid_request_error' } });
    },
  );
}

test('the model server answers HEAD /health without a body', requirement('STREAM-21'), async ({ model }) => {
  const response = await fetch(`${model.url}/health`, { method: 'HEAD' });
  expect([response.status, await response.text()]).toEqual([200, '']);
});

test('a model server with an API key leaves only /health open', requirement('GATE-02'), async () => {
  await using model = await bootModel({ apiKey: 'sesame', models: [{ id: 'one', path: modelPath }] });
  const paths = ['/health', '/metrics', '/v1/models', '/v1/models/one', '/v1/nothing'];
  const status = async (headers: Record<string, string>) =>
    Promise.all(paths.map(async (path) => (await fetch(model.url + path, { headers })).status));
  expect(await status({})).toEqual([200, 401, 401, 401, 401]);
  expect(await status({ authorization: 'Bearer sesam' })).toEqual([200, 401, 401, 401, 401]);
  expect(await status({ authorization: 'Bearer sesame' })).toEqual([200, 200, 200, 200, 404]);
  const refused = await post(`${model.url}/v1/chat/completions`, chat('x'));
  expect((await refused.json()) as Refusal).toMatchObject({
    error: { type: 'authentication_error', code: 'invalid_api_key' },
  });
  expect(model.logs().join('\n')).not.toContain('sesame');
});
