import { checkStream, expect, needs, openaiStreamRules, requirement, test } from '../../fixtures/index.ts';

const messages = [{ role: 'user', content: 'Hello, respond briefly' }];

test('a chat stream is whole: role first, pieces, one finish, [DONE]', {
  ...requirement(
    'STREAM-01',
    'STREAM-02',
    'STREAM-03',
    'STREAM-04',
    'STREAM-05',
    'STREAM-06',
    'STREAM-07',
    'STREAM-08',
    needs('chat.streaming'),
  ),
  tag: '@quick',
}, async ({ model, modelId, config }) => {
  const request = { model: modelId, messages, temperature: 0, seed: config.PLUMBLINE_SEED, max_tokens: 64 };
  const plain = (await model.chat(request)).body.choices[0]?.message.content;
  const stream = await model.chatStream(request);
  const chunks = await stream.collect();
  expect(checkStream(stream.exchange, openaiStreamRules)).toEqual([]);

  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
  expect(deltas[0]?.role).toBe('assistant');
  const pieces = deltas.slice(1).filter((delta) => 'content' in delta);
  for (const piece of pieces) expect(piece.content).not.toBe('');
  expect(pieces.map(({ content }) => content).join('')).toBe(plain);
  expect(new Set(chunks.map((chunk) => `${chunk.id} ${chunk.model} ${chunk.created}`)).size).toBe(1);
  const finishes = chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason).filter(Boolean));
  expect(finishes).toEqual(['stop']);
});

test(
  'usage comes when it is asked for, last and with empty choices',
  requirement('STREAM-09', needs('chat.streaming', 'chat.usage')),
  async ({ model, modelId }) => {
    const request = { model: modelId, messages, temperature: 0, max_tokens: 16 };
    const silent = await (await model.chatStream(request)).collect();
    expect(silent.filter(({ usage }) => usage)).toEqual([]);
    const asked = await (await model.chatStream({ ...request, stream_options: { include_usage: true } })).collect();
    expect(asked.at(-1)?.choices).toEqual([]);
    const { usage } = (await model.chat(request)).body;
    expect(asked.at(-1)?.usage).toMatchObject({
      prompt_tokens: usage?.prompt_tokens,
      completion_tokens: usage?.completion_tokens,
      total_tokens: usage?.total_tokens,
    });
  },
);

test(
  'stream_options without stream is refused',
  requirement('STREAM-10', needs('chat.refusals')),
  async ({ model, modelId }) => {
    const { status } = await model.chatRefusal({
      model: modelId,
      messages,
      stream_options: { include_usage: true },
    });
    expect(status).toBe(400);
  },
);

/** Unlike in kind, so that their answers are unlike too and a mix-up would show. */
const unlike = [
  'Hello, respond briefly',
  'Thank you very much!',
  'Who are you?',
  'Write a function that adds two numbers',
  'How many customers are there?',
  'List the names of the doctors.',
  'Goodbye',
  'Which products cost more than 50?',
];

test(
  'eight streams at once never mix',
  requirement('STREAM-17', needs('chat.streaming')),
  async ({ model, modelId }) => {
    const ask = async (content: string) => {
      const messages = [{ role: 'user', content }];
      const stream = await model.chatStream({ model: modelId, messages, temperature: 0, max_tokens: 32 });
      const chunks = await stream.collect();
      return chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    };
    const alone = [];
    for (const content of unlike) alone.push(await ask(content));
    expect(new Set(alone).size, 'the answers differ, so that a mix-up would show').toBeGreaterThan(4);
    expect(await Promise.all(unlike.map(ask))).toEqual(alone);
  },
);
