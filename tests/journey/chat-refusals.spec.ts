import { expect, needs, requirement, simple, test, withSystem } from '../../fixtures/index.ts';

const hello = [{ role: 'user', content: 'Hello' }];
const chats = '/v1/chat/completions';

/** What makes a body bad, and the parameter that the refusal must name. */
const bad: [title: string, body: Record<string, unknown>, param: string][] = [
  ['no messages', {}, 'messages'],
  ['an empty list of messages', { messages: [] }, 'messages'],
  ['messages that are a text', { messages: 'Hello' }, 'messages'],
  ['a message without a role', { messages: [{ content: 'Hello' }] }, 'messages[0].role'],
  ['an unknown role', { messages: [{ role: 'wizard', content: 'Hello' }] }, 'messages[0].role'],
  ['content that is a number', { messages: [...hello, { role: 'user', content: 5 }] }, 'messages[1].content'],
  ['a model that is a number', { messages: hello, model: 5 }, 'model'],
  ['no model', { messages: hello, model: undefined }, 'model'],
  ['an empty model', { messages: hello, model: '' }, 'model'],
  ['a temperature that is too high', { messages: hello, temperature: 2.5 }, 'temperature'],
  ['a temperature in words', { messages: hello, temperature: 'warm' }, 'temperature'],
  ['a top_p above 1', { messages: hello, top_p: 1.5 }, 'top_p'],
  ['no tokens at all', { messages: hello, max_tokens: 0 }, 'max_tokens'],
  ['half a token', { messages: hello, max_tokens: 1.5 }, 'max_tokens'],
  ['a seed in words', { messages: hello, seed: 'lucky' }, 'seed'],
  ['no choices', { messages: hello, n: 0 }, 'n'],
  ['five stop strings', { messages: hello, stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop'],
  ['a stream in words', { messages: hello, stream: 'yes' }, 'stream'],
  ['stream_options without a stream', { messages: hello, stream_options: { include_usage: true } }, 'stream_options'],
  ['top_logprobs without logprobs', { messages: hello, top_logprobs: 2 }, 'top_logprobs'],
  ['too many top_logprobs', { messages: hello, logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
];

test.describe('a chat is refused, with the parameter named, for', needs('chat.refusals'), () => {
  for (const [title, body, param] of bad)
    test(title, requirement('CHAT-09'), async ({ chat, modelId }) => {
      for (const stream of 'stream' in body || 'stream_options' in body ? [body['stream']] : [undefined, true]) {
        const refusal = await chat.chatRefusal({ model: modelId, ...body, stream });
        expect([400, 422]).toContain(refusal.status);
        expect(refusal.headers['content-type']).toMatch(/^application\/json/);
        const { error } = refusal.body;
        expect(error).toMatchObject({ type: 'invalid_request_error', code: expect.any(String) });
        expect(error.param).toBe(param);
        expect(error.message).toContain(param.replace(/^messages\[\d\]\./, ''));
      }
    });
});

test.describe(
  'whatever goes wrong under /v1 is told in OpenAI’s words:',
  needs('chat.refusals', 'started target'),
  () => {
    const json = { 'content-type': 'application/json' };
    const rows: [
      title: string,
      method: string,
      path: string,
      options: { body?: string; headers?: Record<string, string> },
      status: number,
      code: string,
    ][] = [
      ['a body that is not JSON', 'POST', chats, { body: '{"model": ', headers: json }, 400, 'invalid_json'],
      ['an empty body', 'POST', chats, { body: '', headers: json }, 400, 'invalid_json'],
      ['a body that is a list', 'POST', chats, { body: '[]', headers: json }, 400, 'invalid_json'],
      [
        'a body of another type',
        'POST',
        chats,
        { body: 'hi', headers: { 'content-type': 'text/plain' } },
        415,
        'unsupported_media_type',
      ],
      [
        'a body beyond all bounds',
        'POST',
        chats,
        { body: `"${'x'.repeat(5_000_000)}"`, headers: json },
        413,
        'request_too_large',
      ],
      ['an unknown path', 'GET', '/v1/nothing', {}, 404, 'unknown_url'],
      ['the wrong method', 'GET', chats, {}, 405, 'method_not_allowed'],
      ['the wrong method for a model', 'DELETE', '/v1/models/plumbline-tiny', {}, 405, 'method_not_allowed'],
      [
        'a made-up token',
        'POST',
        chats,
        { body: '{}', headers: { ...json, authorization: 'Bearer a.b.c' } },
        401,
        'invalid_api_key',
      ],
    ];
    for (const [title, method, path, options, status, code] of rows)
      test(`${title} is a ${status}`, requirement('CHAT-09', 'SEC-04'), async ({ chat }) => {
        const refusal = await chat.refusal(method, path, options);
        expect([refusal.status, refusal.body.error.code]).toEqual([status, code]);
        expect(refusal.headers['content-type']).toMatch(/^application\/json/);
        expect(refusal.headers['x-request-id']).toBeTruthy();
        if (status === 405) expect(refusal.headers['allow']).toContain(path === chats ? 'POST' : 'GET');
      });
  },
);

test.describe('a chat', needs('chat'), () => {
  test(
    'that does not fit the model’s context is refused before anything is streamed',
    requirement('CHAT-10', 'STREAM-11', needs('chat.refusals')),
    async ({ chat, modelId }) => {
      const endless = 'one two three four five '.repeat(2_000);
      for (const stream of [false, true]) {
        const refusal = await chat.chatRefusal({ ...simple(modelId, endless), stream });
        expect(refusal.status).toBe(400);
        expect(refusal.headers['content-type']).toMatch(/^application\/json/);
        const { code, param, type, message } = refusal.body.error;
        expect([code, param, type]).toEqual(['context_length_exceeded', 'messages', 'invalid_request_error']);
        expect(message).toMatch(/\d+ tokens/);
      }
      // Just long is no fault.
      const long = await chat.chat(withSystem(modelId, 'Be brief. '.repeat(100), 'Hello'));
      expect(long.body.usage?.prompt_tokens).toBeGreaterThan(300);
    },
  );

  test(
    'that is refused by the model is booked as refused, and costs nothing',
    requirement('CHAT-10', needs('started target')),
    async ({ chat, modelId, booked, meter }) => {
      const meters = await meter();
      const refusal = await chat.chatRefusal(simple(modelId, 'one two three four five '.repeat(2_000)));
      const call = { status: 'failed:context_length_exceeded', prompt_tokens: null, completion_tokens: null };
      expect(await booked(refusal)).toEqual([expect.objectContaining(call)]);
      expect(await meters.moved('model_tokens_total')).toBe(0);
      expect(await meters.moved('model_backend_requests_total', { outcome: 'failed' })).toBe(0);
    },
  );

  test('may carry what nobody knows', requirement('CHAT-13'), async ({ chat, modelId }) => {
    const plain = (await chat.chat(simple(modelId))).body.choices[0]?.message;
    const strange = { user: 'somebody', metadata: { a: '1' }, store: false, service_tier: 'auto', made_up: [1, 2] };
    const odd = (await chat.chat({ ...simple(modelId), ...strange })).body.choices[0]?.message;
    expect(odd).toEqual(plain);
    const messages = [{ role: 'user', content: 'Hello, respond briefly', name: 'somebody', made_up: true }];
    expect((await chat.chat({ ...simple(modelId), messages })).body.choices[0]?.message).toEqual(plain);
  });

  test(
    'gives as many choices as it is asked for, or says that it cannot',
    requirement('CHAT-14', needs('chat.n')),
    async ({ chat, modelId }) => {
      const asked = { ...simple(modelId, 'Who are you?'), n: 3, temperature: 2, ignore_eos: true, max_tokens: 24 };
      const answer = await chat.chat(asked).catch(() => chat.chatRefusal(asked));
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

  for (const [title, fields, param] of [
    ['JSON', { response_format: { type: 'json_object' } }, 'response_format'],
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
      `answers in ${title} when asked to, or says that it cannot`,
      requirement('CHAT-15', needs(param === 'tools' ? 'chat.tools' : 'chat.json')),
      async ({ chat, modelId }) => {
        const asked = { ...simple(modelId, 'Name three colours as JSON.'), ...fields };
        const answer = await chat.chat(asked).catch(() => chat.chatRefusal(asked));
        if ('error' in answer.body) {
          expect([answer.status, (answer.body.error as { param: string }).param]).toEqual([400, param]);
          return;
        }
        const [choice] = answer.body.choices;
        if (param === 'tools')
          expect(choice?.message['tool_calls'] ?? [], 'the call that was required').toHaveLength(1);
        else expect(() => JSON.parse(choice?.message.content ?? '')).not.toThrow();
      },
    );
});
