import { checkStream, expect, openaiStreamRules, requirement, test } from '../../fixtures/index.ts';

const messages = [{ role: 'user', content: 'Hello, respond briefly' }];

test(
  'a chat stream is whole: role first, pieces, one finish, [DONE]',
  requirement('STREAM-01', 'STREAM-02', 'STREAM-03', 'STREAM-04', 'STREAM-05', 'STREAM-06', 'STREAM-07', 'STREAM-08'),
  async ({ model, config }) => {
    const request = { model: config.MODEL_ID, messages, temperature: 0, seed: config.PLUMBLINE_SEED, max_tokens: 64 };
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
  },
);

test(
  'usage comes when it is asked for, last and with empty choices',
  requirement('STREAM-09'),
  async ({ model, config }) => {
    const request = { model: config.MODEL_ID, messages, temperature: 0, max_tokens: 16 };
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

test('stream_options without stream is refused', requirement('STREAM-10'), async ({ model, config }) => {
  const { status } = await model.chatRefusal({
    model: config.MODEL_ID,
    messages,
    stream_options: { include_usage: true },
  });
  expect(status).toBe(400);
});

test('eight streams at once never mix', requirement('STREAM-17'), async ({ model, config }) => {
  const schema = 'customers(id int, name text, email text, country text, city text)';
  const ask = async (country: string) => {
    const stream = await model.chatStream({
      model: config.MODEL_ID,
      messages: [
        { role: 'system', content: `Write one PostgreSQL query that answers the question.\n${schema}` },
        { role: 'user', content: `List the names of the customers from ${country}.` },
      ],
      temperature: 0,
      max_tokens: 48,
    });
    const chunks = await stream.collect();
    return chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
  };
  const countries = ['Brazil', 'Canada', 'France', 'Germany', 'India', 'Japan', 'Norway', 'Spain'];
  const alone = [];
  for (const country of countries) alone.push(await ask(country));
  expect(await Promise.all(countries.map(ask))).toEqual(alone);
  expect(new Set(alone).size, 'the answers differ, so that a mix-up would show').toBeGreaterThan(4);
});
