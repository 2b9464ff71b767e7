import { chatRules, expect, needs, requirement, simple, faultTest as test, textOf } from '../../fixtures/index.ts';

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

for (const [door, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('chat.streaming', 'started target')],
] as const)
  test.describe(`at once, streams of the ${door}`, details, () => {
    test.use({ door });

    test('never mix', requirement('STREAM-17'), async ({ talk, modelId, exact }) => {
      const read = async (content: string) => {
        const stream = await talk.chatStream(simple(modelId, content, { max_tokens: 32 }));
        const chunks = await stream.collect();
        await expect(stream).toBeConformantStream(chatRules());
        return { text: textOf(chunks), ids: new Set(chunks.map(({ id }) => id)) };
      };
      const alone: string[] = [];
      for (const content of unlike) alone.push((await read(content)).text);
      expect(new Set(alone).size, 'the answers differ, so that a mix-up would show').toBeGreaterThan(4);
      const together = await Promise.all([...unlike, ...unlike, ...unlike, ...unlike].map(read));
      expect(new Set(together.flatMap(({ ids }) => [...ids])).size, 'an id each').toBe(together.length);
      for (const [i, { text }] of together.entries()) expect(text).toBelongTo(i % unlike.length, alone, { exact });
    });

    test('that begin alike end as they should', requirement('STREAM-17'), async ({ talk, modelId, exact }) => {
      const beginning = 'There are the tables customers, products and orders. Each customer has a name and a country. ';
      const read = async (content: string) =>
        textOf(await (await talk.chatStream(simple(modelId, beginning + content, { max_tokens: 24 }))).collect());
      const alone: string[] = [];
      for (const content of unlike) alone.push(await read(content));
      const together = await Promise.all(unlike.map(read));
      for (const [i, text] of together.entries()) expect(text).toBelongTo(i, alone, { exact });
    });

    test('and plain answers do not mix either', requirement('STREAM-17'), async ({ talk, modelId, exact }) => {
      const request = (content: string) => simple(modelId, content, { max_tokens: 24 });
      const plain = async (content: string) =>
        (await talk.chat(request(content))).body.choices[0]?.message.content ?? '';
      const streamed = async (content: string) => textOf(await (await talk.chatStream(request(content))).collect());
      const alone: string[] = [];
      for (const content of unlike) alone.push(await plain(content));
      const [plains, streams] = await Promise.all([Promise.all(unlike.map(plain)), Promise.all(unlike.map(streamed))]);
      for (const [i] of unlike.entries()) {
        expect(plains[i]).toBelongTo(i, alone, { exact });
        expect(streams[i]).toBelongTo(i, alone, { exact });
      }
    });

    test(
      'who leave take nobody with them',
      requirement('STREAM-17', 'STREAM-14'),
      async ({ talk, modelId, longAnswers, exact }) => {
        const whole = textOf(await (await talk.chatStream(longAnswers(80))).collect());
        const streams = await Promise.all(unlike.map(() => talk.chatStream(longAnswers(80))));
        for (const [i, stream] of streams.entries()) if (i % 2 === 0) stream.wire.leave();
        for (const [i, stream] of streams.entries())
          if (i % 2 === 1) expect(textOf(await stream.collect())).toBelongTo(0, [whole], { exact });
        expect((await talk.chat(simple(modelId))).status).toBe(200);
      },
    );
  });
