import { requirement } from '../../../fixtures/spec/requirements.ts';
import {
  answer,
  chat,
  contextSize,
  endless,
  expect,
  expectIdle,
  type Json,
  metric,
  post,
  slots,
  test,
} from '../../selfcheck/support/model-server.ts';

type Chat = {
  id: string;
  object: string;
  created: number;
  model: string;
  choices: {
    index: number;
    message: { role: string; content: string };
    finish_reason: string;
    logprobs: {
      content: { token: string; logprob: number; bytes: number[]; top_logprobs: { logprob: number }[] }[];
    } | null;
  }[];
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
};

test(
  'the model server reports its device and its models at /health and /v1/models',
  requirement('MODELS-01', 'STACK-05'),
  async ({ model }) => {
    const health = (await (await fetch(`${model.url}/health`)).json()) as Json;
    expect(health).toMatchObject({ status: 'ok', device: 'cpu' });
    const { object, data } = (await (await fetch(`${model.url}/v1/models`)).json()) as { object: string; data: Json[] };
    expect(object).toBe('list');
    expect(data.map(({ id }) => id)).toEqual(['one', 'two']);
    expect(data[0]).toMatchObject({ object: 'model', state: 'loaded', details: { gpuLayers: 0, threads: 1, slots } });
    expect(JSON.stringify(data)).not.toContain('/seed/');
    expect(model.report).toMatchObject({ device: 'cpu', models: ['one', 'two'], threads: 1 });
  },
);

test(
  'a model is unloaded and loaded on request, and a chat request loads it by itself',
  requirement('MODELS-02'),
  async ({ model }) => {
    const state = async (): Promise<unknown> =>
      ((await (await fetch(`${model.url}/v1/models/two`)).json()) as Json)['state'];
    const act = (what: string) => answer(`${model.url}/v1/models/two/${what}`, {});
    expect(await act('load')).toMatchObject({ id: 'two', object: 'model', state: 'loaded' });
    // An unload waits for running generations.
    const running = answer<Chat>(`${model.url}/v1/chat/completions`, endless({ model: 'two', max_tokens: 100 }));
    await expect.poll(() => metric(model, 'model_slots', 'state="busy"'), { intervals: [1] }).toBeGreaterThan(0);
    expect(await act('unload')).toMatchObject({ state: 'unloaded' });
    expect((await running).usage.completion_tokens).toBe(100);
    expect(await state()).toBe('unloaded');
    await answer(`${model.url}/v1/chat/completions`, chat('Hello', { model: 'two', max_tokens: 2 }));
    expect(await state()).toBe('loaded');
  },
);

test(
  'a chat completion of the model server has OpenAI’s members and a usage that adds up',
  requirement('CHAT-01', 'CHAT-06'),
  async ({ model }) => {
    const reply = await answer<Chat>(`${model.url}/v1/chat/completions`, chat('Hello, respond briefly'));
    expect(reply).toMatchObject({ object: 'chat.completion', model: 'one' });
    expect(reply.id).toMatch(/^chatcmpl-\w+$/);
    expect(Math.abs(reply.created - Date.now() / 1000)).toBeLessThan(60);
    expect(reply.choices).toHaveLength(1);
    expect(reply.choices[0]).toMatchObject({ index: 0, message: { role: 'assistant' }, logprobs: null });
    expect(reply.choices[0]?.message.content).not.toBe('');
    expect(reply.usage.total_tokens).toBe(reply.usage.prompt_tokens + reply.usage.completion_tokens);
  },
);

test(
  'a chat completion that reaches max_tokens finishes with "length", and max_completion_tokens overrides max_tokens',
  requirement('CHAT-04'),
  async ({ model }) => {
    const reply = await answer<Chat>(
      `${model.url}/v1/chat/completions`,
      endless({ max_tokens: 50, max_completion_tokens: 3 }),
    );
    expect(reply.usage.completion_tokens).toBe(3);
    expect(reply.choices[0]?.finish_reason).toBe('length');
    const full = await answer<Chat>(`${model.url}/v1/chat/completions`, endless());
    expect(full.choices[0]?.finish_reason).toBe('length');
    expect(full.usage.total_tokens).toBe(contextSize);
  },
);

test('the text of a chat completion ends before a stop string', requirement('CHAT-05'), async ({ model }) => {
  const whole =
    (await answer<Chat>(`${model.url}/v1/chat/completions`, endless({ max_tokens: 30 }))).choices[0]?.message.content ??
    '';
  const stop = whole.slice(6, 9);
  const reply = await answer<Chat>(
    `${model.url}/v1/chat/completions`,
    endless({ max_tokens: 30, stop: ['@@never@@', stop] }),
  );
  expect(reply.choices[0]?.message.content).toBe(whole.slice(0, whole.indexOf(stop)));
  expect(reply.choices[0]?.finish_reason).toBe('stop');
});

test('the log probabilities of a chat completion form a distribution', requirement('CHAT-12'), async ({ model }) => {
  for (const temperature of [0, 1]) {
    const body = endless({ max_tokens: 8, logprobs: true, top_logprobs: 20, temperature });
    const content = (await answer<Chat>(`${model.url}/v1/chat/completions`, body)).choices[0]?.logprobs?.content ?? [];
    expect(content).toHaveLength(8);
    for (const { token, logprob, bytes, top_logprobs } of content) {
      const probabilities = top_logprobs.map((top) => Math.exp(top.logprob));
      expect(top_logprobs).toHaveLength(20);
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeLessThanOrEqual(1.0001);
      expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
      expect(logprob).toBeLessThanOrEqual(0);
      if (temperature === 0) expect(logprob).toBeCloseTo(top_logprobs[0]?.logprob ?? Number.NaN, 6);
      if (!token.includes('\uFFFD')) expect(Buffer.from(bytes).toString()).toBe(token);
    }
  }
});

test(
  'equal seeds sample equal text at a temperature, and the choices of one request differ',
  requirement('CHAT-08', 'CHAT-14'),
  async ({ model }) => {
    const draw = async (rest: Json) => {
      const reply = await answer<Chat>(
        `${model.url}/v1/chat/completions`,
        endless({ max_tokens: 24, temperature: 1.5, ...rest }),
      );
      return reply.choices.map(({ message }) => message.content);
    };
    expect(await draw({ seed: 11 })).toEqual(await draw({ seed: 11 }));
    expect(await draw({ seed: 11 })).not.toEqual(await draw({ seed: 12 }));
    const three = await draw({ seed: 11, n: 3 });
    expect(three).toHaveLength(3);
    expect(await draw({ seed: 11, n: 3 })).toEqual(three);
    expect(new Set(three).size).toBeGreaterThan(1);
  },
);

test(
  'system messages, earlier turns and text parts all reach the model’s prompt',
  requirement('CHAT-02', 'CHAT-03'),
  async ({ model }) => {
    const count = async (messages: Json[]) =>
      (await answer<Chat>(`${model.url}/v1/chat/completions`, { model: 'one', messages, max_tokens: 1 })).usage
        .prompt_tokens;
    const user = { role: 'user', content: 'Hello there' };
    const alone = await count([user]);
    expect(await count([{ role: 'system', content: 'Be brief.' }, user])).toBeGreaterThan(alone);
    expect(await count([user, { role: 'assistant', content: 'Hi' }, user])).toBeGreaterThan(alone);
    const parts = ['Hello ', 'there'].map((text) => ({ type: 'text', text }));
    expect(await count([{ role: 'user', content: parts }])).toBe(alone);
  },
);

test('a plain completion takes its prompt without a chat template', async ({ model }) => {
  const body = { model: 'one', prompt: 'Hello', max_tokens: 5, ignore_eos: true, logprobs: 2 };
  const reply = await answer<Json>(`${model.url}/v1/completions`, body);
  expect(reply).toMatchObject({
    object: 'text_completion',
    usage: { completion_tokens: 5 },
    choices: [{ index: 0, finish_reason: 'length' }],
  });
  const [choice] = reply['choices'] as { text: string; logprobs: { tokens: string[]; text_offset: number[] } }[];
  expect(choice?.logprobs.tokens.join('')).toBe(choice?.text);
  expect(choice?.logprobs.text_offset[0]).toBe(0);
});

test('embeddings have length 1, differ for different texts, and come as floats or base64', async ({ model }) => {
  type List = { data: { index: number; embedding: number[] }[]; usage: Json };
  const input = ['customers from Norway', 'customers from Sweden', 'thank you'];
  const { data, usage } = await answer<List>(`${model.url}/v1/embeddings`, { model: 'one', input });
  const dot = (a: number, b: number): number =>
    (data[a]?.embedding ?? []).reduce((sum, x, i) => sum + x * (data[b]?.embedding[i] ?? 0), 0);
  expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
  for (const i of [0, 1, 2]) expect(dot(i, i)).toBeCloseTo(1, 5);
  expect(dot(0, 1)).toBeGreaterThan(dot(0, 2));
  expect(usage['total_tokens']).toBe(usage['prompt_tokens']);
  const coded = await answer<{ data: { embedding: string }[] }>(`${model.url}/v1/embeddings`, {
    model: 'one',
    input: input[0],
    encoding_format: 'base64',
  });
  const bytes = Buffer.from(coded.data[0]?.embedding ?? '', 'base64');
  expect(bytes.readFloatLE(0)).toBeCloseTo(data[0]?.embedding[0] ?? Number.NaN, 5);
  expect(bytes.length).toBe(4 * (data[0]?.embedding.length ?? 0));
});

test(
  'the metrics of the model server change by exactly the work that it did',
  requirement('FLOW-03'),
  async ({ model }) => {
    await expectIdle(model);
    const names = [
      'model_requests_total',
      'model_generated_tokens_total',
      'model_prompt_tokens_total',
      'model_errors_total',
    ];
    const read = () => Promise.all(names.map((name) => metric(model, name)));
    const before = await read();
    const { usage } = await answer<Chat>(`${model.url}/v1/chat/completions`, endless({ max_tokens: 9, n: 2 }));
    await post(`${model.url}/v1/chat/completions`, {});
    const moved = (await read()).map((value, i) => value - (before[i] ?? 0));
    expect(moved).toEqual([1, 18, usage.prompt_tokens, 1]);
  },
);
