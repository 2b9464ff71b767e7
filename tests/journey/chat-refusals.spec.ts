import { chatRequest, expect, isReference, needs, requirement, systemChatRequest, test } from '../../fixtures/index.ts';

const hello = [{ role: 'user', content: 'Hello' }];
const chatPath = '/v1/chat/completions';

/** What is wrong, the body, and the parameter that the refusal must name. */
const invalid: [what: string, body: Record<string, unknown>, param: string][] = [
  ['no messages', {}, 'messages'],
  ['an empty list of messages', { messages: [] }, 'messages'],
  ['messages that are a string', { messages: 'Hello' }, 'messages'],
  ['a message without a role', { messages: [{ content: 'Hello' }] }, 'messages[0].role'],
  ['an unknown role', { messages: [{ role: 'wizard', content: 'Hello' }] }, 'messages[0].role'],
  ['content that is a number', { messages: [...hello, { role: 'user', content: 5 }] }, 'messages[1].content'],
  ['a model that is a number', { messages: hello, model: 5 }, 'model'],
  ['no model', { messages: hello, model: undefined }, 'model'],
  ['an empty model', { messages: hello, model: '' }, 'model'],
  ['a temperature of 2.5', { messages: hello, temperature: 2.5 }, 'temperature'],
  ['a temperature that is a word', { messages: hello, temperature: 'warm' }, 'temperature'],
  ['a top_p above 1', { messages: hello, top_p: 1.5 }, 'top_p'],
  ['max_tokens of 0', { messages: hello, max_tokens: 0 }, 'max_tokens'],
  ['max_tokens of 1.5', { messages: hello, max_tokens: 1.5 }, 'max_tokens'],
  ['a seed that is a word', { messages: hello, seed: 'lucky' }, 'seed'],
  ['n of 0', { messages: hello, n: 0 }, 'n'],
  ['five stop strings', { messages: hello, stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
  ['a stream flag that is a word', { messages: hello, stream: 'yes' }, 'stream'],
  ['stream_options but no stream', { messages: hello, stream_options: { include_usage: true } }, 'stream_options'],
  ['top_logprobs but no logprobs', { messages: hello, top_logprobs: 2 }, 'top_logprobs'],
  ['21 top_logprobs', { messages: hello, logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
];

test.describe('chat validation', needs('chat.refusals'), () => {
  for (const [what, body, param] of invalid)
    test(
      `a chat with ${what} is refused, and the error names "${param}"`,
      requirement('CHAT-09'),
      async ({ chat, modelId }) => {
        for (const stream of 'stream' in body || 'stream_options' in body ? [body['stream']] : [undefined, true]) {
          const refusal = await chat.chatRefusal({ model: modelId, ...body, stream });
          expect([400, 422]).toContain(refusal.status);
          expect(refusal.headers['content-type']).toMatch(/^application\/json/);
          const { error } = refusal.body;
          expect(error).toMatchObject({ type: 'invalid_request_error', code: expect.any(String) });
          expect(error.param).toBe(param);
          expect(error.message).toContain(param.replace(/^messages\[\d\]\./, ''));
        }
      },
    );
});

// Sent to a service that the run started: one of the requests is a deletion, one is large.
test.describe('OpenAI error objects', needs('chat.refusals', 'process control'), () => {
  const json = { 'content-type': 'application/json' };
  const rows: [
    what: string,
    method: string,
    path: string,
    options: { body?: string; headers?: Record<string, string> },
    status: number,
    code: string,
  ][] = [
    ['a chat body that is not JSON', 'POST', chatPath, { body: '{"model": ', headers: json }, 400, 'invalid_json'],
    ['an empty chat body', 'POST', chatPath, { body: '', headers: json }, 400, 'invalid_json'],
    ['a chat body that is a list', 'POST', chatPath, { body: '[]', headers: json }, 400, 'invalid_json'],
    [
      'a chat body of type text/plain',
      'POST',
      chatPath,
      { body: 'hi', headers: { 'content-type': 'text/plain' } },
      415,
      'unsupported_media_type',
    ],
    [
      'a chat body of 5 MB',
      'POST',
      chatPath,
      { body: `"${'x'.repeat(5_000_000)}"`, headers: json },
      413,
      'request_too_large',
    ],
    ['an unknown path under /v1', 'GET', '/v1/nothing', {}, 404, 'unknown_url'],
    ['a GET of the chat endpoint', 'GET', chatPath, {}, 405, 'method_not_allowed'],
    ['a DELETE of a model under /v1', 'DELETE', '/v1/models/plumbline-tiny', {}, 405, 'method_not_allowed'],
    [
      'a chat with a made-up access token',
      'POST',
      chatPath,
      { body: '{}', headers: { ...json, authorization: 'Bearer a.b.c' } },
      401,
      'invalid_api_key',
    ],
  ];
  for (const [what, method, path, options, status, code] of rows)
    test(`${what} is refused`, requirement('CHAT-09', 'SEC-04'), async ({ chat, http }) => {
      // Of paths and methods that it does not know, a framework may say so in its own words, also with 501.
      if (!isReference && method + path !== `POST${chatPath}`) {
        const { status } = await http.request(method, path, options);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).not.toBe(500);
        return;
      }
      const refusal = await chat.refusal(method, path, options);
      expect(refusal.status).toBeGreaterThanOrEqual(400);
      expect(refusal.status).toBeLessThan(500);
      // OpenAI's reference names no codes for these, and a server may see another fault first.
      if (!isReference) return;
      expect([refusal.status, refusal.body.error.code]).toEqual([status, code]);
      expect(refusal.headers['content-type']).toMatch(/^application\/json/);
      expect(refusal.headers['x-request-id']).toBeTruthy();
      if (status === 405) expect(refusal.headers['allow']).toContain(path === chatPath ? 'POST' : 'GET');
    });
});

test.describe('chat limits and options', needs('chat'), () => {
  test(
    "a chat that does not fit the model's context is refused with 400 before anything is streamed",
    requirement('CHAT-10', 'STREAM-11', needs('chat.refusals')),
    async ({ chat, modelId }) => {
      const endless = 'one two three four five '.repeat(2_000);
      for (const stream of [false, true]) {
        const refusal = await chat.chatRefusal({ ...chatRequest(modelId, endless), stream });
        expect(refusal.status).toBe(400);
        expect(refusal.headers['content-type']).toMatch(/^application\/json/);
        const { code, param, type, message } = refusal.body.error;
        expect([code, param, type]).toEqual(['context_length_exceeded', 'messages', 'invalid_request_error']);
        expect(message).toMatch(/\d+ tokens/);
      }
      // A prompt that is long but fits is accepted.
      const long = await chat.chat(systemChatRequest(modelId, 'Be brief. '.repeat(100), 'Hello'));
      expect(long.body.usage?.prompt_tokens).toBeGreaterThan(300);
    },
  );

  test(
    'a chat that the model refuses is not recorded as answered, and no tokens are recorded for it',
    requirement('CHAT-10', needs('chat.refusals', 'state.model calls')),
    async ({ chat, modelId, recordedCalls }) => {
      const refusal = await chat.chatRefusal(chatRequest(modelId, 'one two three four five '.repeat(2_000)));
      const calls = await recordedCalls(refusal);
      for (const call of calls) expect(call).toMatchObject({ ok: false, prompt_tokens: null, completion_tokens: null });
      // Others may record answered calls only.
      if (isReference) expect(calls).toMatchObject([{ status: 'failed:context_length_exceeded' }]);
    },
  );

  test(
    'a chat that the model refuses counts no tokens',
    requirement('CHAT-10', needs('breaker.metrics')),
    async ({ chat, modelId, watchMetrics }) => {
      const metrics = await watchMetrics();
      await chat.chatRefusal(chatRequest(modelId, 'one two three four five '.repeat(2_000)));
      expect(await metrics.increase('model_tokens_total')).toBe(0);
      expect(await metrics.increase('model_backend_requests_total', { outcome: 'failed' })).toBe(0);
    },
  );

  test(
    'a chat with unknown fields is answered as if they were not there',
    requirement('CHAT-13'),
    async ({ chat, modelId }) => {
      const plain = (await chat.chat(chatRequest(modelId))).body.choices[0]?.message;
      const unknown = { user: 'somebody', metadata: { a: '1' }, store: false, service_tier: 'auto', made_up: [1, 2] };
      const extended = (await chat.chat({ ...chatRequest(modelId), ...unknown })).body.choices[0]?.message;
      expect(extended).toEqual(plain);
      const messages = [{ role: 'user', content: 'Hello, respond briefly', name: 'somebody', made_up: true }];
      expect((await chat.chat({ ...chatRequest(modelId), messages })).body.choices[0]?.message).toEqual(plain);
    },
  );

  test(
    'a chat with n = 3 gives three choices, or is refused with 400 naming "n"',
    requirement('CHAT-14', needs('chat.n')),
    async ({ chat, modelId }) => {
      const fields = { n: 3, temperature: 2, ignore_eos: true, max_tokens: 24 };
      const request = chatRequest(modelId, 'Who are you?', fields);
      const answer = await chat.chat(request).catch(() => chat.chatRefusal(request));
      if ('error' in answer.body) {
        expect([answer.status, (answer.body.error as { param: string }).param]).toEqual([400, 'n']);
        return;
      }
      const { choices, usage } = answer.body;
      expect(choices.map(({ index }) => index)).toEqual([0, 1, 2]);
      expect(usage?.completion_tokens).toBe(72);
      expect(new Set(choices.map(({ message }) => message.content)).size).toBeGreaterThan(1);
    },
  );

  for (const [what, fields, param] of [
    ['a JSON answer', { response_format: { type: 'json_object' } }, 'response_format'],
    [
      'a tool call',
      {
        tools: [{ type: 'function', function: { name: 'hour', parameters: { type: 'object', properties: {} } } }],
        tool_choice: 'required',
      },
      'tools',
    ],
  ] as const)
    test(
      `a chat that asks for ${what} gets it, or is refused with 400 naming "${param}"`,
      requirement('CHAT-15', needs(param === 'tools' ? 'chat.tools' : 'chat.json')),
      async ({ chat, modelId }) => {
        const request = { ...chatRequest(modelId, 'Name three colours as JSON.'), ...fields };
        const answer = await chat.chat(request).catch(() => chat.chatRefusal(request));
        if ('error' in answer.body) {
          expect([answer.status, (answer.body.error as { param: string }).param]).toEqual([400, param]);
          return;
        }
        const [choice] = answer.body.choices;
        if (param === 'tools')
          expect(choice?.message['tool_calls'] ?? [], 'tool calls of the answer: one was required').toHaveLength(1);
        else expect(() => JSON.parse(choice?.message.content ?? '')).not.toThrow();
      },
    );
});
