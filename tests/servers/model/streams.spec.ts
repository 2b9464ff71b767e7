import { requirement } from '../../../fixtures/spec/requirements.ts';
import {
  chat,
  endless,
  expect,
  type Json,
  post,
  type ReadStream,
  readStream,
  test,
  textOf,
} from '../../selfcheck/support/model-server.ts';

const path = '/v1/chat/completions';

/** What OpenAI's specification requires of every stream that ends without an error. */
function expectConforming({ chunks, events, raw }: ReadStream, choices = 1): void {
  expect(raw.replace(/data: [^\n]+\n\n/g, '')).toBe('');
  expect(events.at(-1)).toBe('[DONE]');
  expect(events.filter((event) => event === '[DONE]')).toHaveLength(1);
  for (const member of ['id', 'model', 'created', 'object'])
    expect(new Set(chunks.map((chunk) => chunk[member])).size).toBe(1);
  for (let index = 0; index < choices; index++) {
    const mine = chunks.flatMap((chunk) => chunk.choices).filter((choice) => choice.index === index);
    expect(mine[0]?.delta).toEqual({ role: 'assistant', content: '' });
    expect(mine.map(({ finish_reason }) => finish_reason !== null)).toEqual(mine.map((_, i) => i === mine.length - 1));
    for (const { delta } of mine.slice(1, -1)) expect(delta.content).toBeTruthy();
    expect(mine.at(-1)?.delta).toEqual({});
  }
}

test(
  'a stream of the model server follows the protocol, opens with the role, ends once, and joins to the plain text',
  requirement('STREAM-01', 'STREAM-02', 'STREAM-03', 'STREAM-04', 'STREAM-05', 'STREAM-06', 'STREAM-07', 'STREAM-08'),
  async ({ model }) => {
    for (const body of [
      chat('Hello, respond briefly'),
      endless({ max_tokens: 60 }),
      endless({ max_tokens: 60, temperature: 1.4, seed: 3 }),
    ]) {
      const plain = (await (await post(model.url + path, body)).json()) as {
        choices: { message: Json; finish_reason: string }[];
      };
      const response = await post(model.url + path, { ...body, stream: true });
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(response.headers.get('content-length')).toBeNull();
      const stream = await readStream(response);
      expectConforming(stream);
      expect(textOf(stream)).toBe(plain.choices[0]?.message['content']);
      expect(stream.chunks.at(-1)?.choices[0]?.finish_reason).toBe(plain.choices[0]?.finish_reason);
      expect(stream.chunks.every((chunk) => !('usage' in chunk))).toBe(true);
    }
  },
);

test(
  'the usage of a stream comes only on request, in the last chunk, without choices',
  requirement('STREAM-09', 'CHAT-06'),
  async ({ model }) => {
    const body = endless({ max_tokens: 12, stream: true, stream_options: { include_usage: true }, logprobs: true });
    const stream = await readStream(await post(model.url + path, body));
    expectConforming(stream);
    const last = stream.chunks.at(-1);
    expect(last?.choices).toEqual([]);
    expect(last?.usage).toMatchObject({ completion_tokens: 12, total_tokens: 12 + (last?.usage?.prompt_tokens ?? 0) });
    for (const chunk of stream.chunks.slice(0, -1)) expect(chunk.usage).toBeNull();
    const tokens = stream.chunks.flatMap(({ choices }) => choices.flatMap(({ logprobs }) => logprobs?.content ?? []));
    expect(tokens).toHaveLength(12);
  },
);

test(
  'several choices are streamed side by side, each equal to its plain text',
  requirement('CHAT-14'),
  async ({ model }) => {
    const body = endless({ max_tokens: 20, n: 3, temperature: 1.5, seed: 5 });
    const plain = (await (await post(model.url + path, body)).json()) as { choices: { message: Json }[] };
    const stream = await readStream(await post(model.url + path, { ...body, stream: true }));
    expectConforming(stream, 3);
    for (const [i, { message }] of plain.choices.entries()) expect(textOf(stream, i)).toBe(message['content']);
  },
);

test(
  'a stop string that spans tokens never appears in a stream',
  requirement('CHAT-05', 'STREAM-08'),
  async ({ model }) => {
    const body = endless({ max_tokens: 40, stream: true });
    const whole = textOf(await readStream(await post(model.url + path, body)));
    for (const from of [3, 7, 12]) {
      const stop = whole.slice(from, from + 5);
      const stream = await readStream(await post(model.url + path, { ...body, stop }));
      expectConforming(stream);
      expect(textOf(stream)).toBe(whole.slice(0, whole.indexOf(stop)));
      expect(stream.chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    }
  },
);

test('a plain completion can be streamed', requirement('STREAM-02', 'STREAM-07'), async ({ model }) => {
  const body = { model: 'one', prompt: 'Hello', max_tokens: 10, ignore_eos: true, temperature: 0 };
  const plain = (await (await post(`${model.url}/v1/completions`, body)).json()) as { choices: { text: string }[] };
  const stream = await readStream(await post(`${model.url}/v1/completions`, { ...body, stream: true }));
  expect(textOf(stream)).toBe(plain.choices[0]?.text);
  expect(stream.events.at(-1)).toBe('[DONE]');
});

test(
  'concurrent streams never mix, and each equals its text alone up to the determinism tier',
  requirement('STREAM-17'),
  async ({ model }) => {
    const asked = ['Hello', 'Thank you', 'Who are you?', 'Which customers live in Norway?', 'Good morning', 'Bye'];
    const read = async (content: string) =>
      readStream(await post(model.url + path, chat(content, { stream: true, max_tokens: 24, ignore_eos: true })));
    const alone: ReadStream[] = [];
    for (const content of asked) alone.push(await read(content));
    const together = await Promise.all(asked.map(read));
    expect(new Set(together.map(({ chunks }) => chunks[0]?.id)).size).toBe(asked.length);
    for (const [i, stream] of together.entries()) {
      expectConforming(stream);
      expect(textOf(stream).slice(0, 4)).toBe(textOf(alone[i] as ReadStream).slice(0, 4));
    }
  },
);

test('the model server reuses a connection after a stream', requirement('STREAM-21'), async ({ model }) => {
  const response = await post(model.url + path, endless({ max_tokens: 3, stream: true }));
  expect(response.headers.get('connection')).toBe('keep-alive');
  expectConforming(await readStream(response));
});
