import { chatRequest, chatRules, expect, needs, requirement, faultTest as test, textOf } from '../../fixtures/index.ts';

/** Different kinds of questions, so that their answers differ and a mix-up shows. */
const prompts = [
  'Hello, respond briefly',
  'Thank you very much!',
  'Who are you?',
  'Write a function that adds two numbers',
  'How many customers are there?',
  'List the names of the doctors.',
  'Goodbye',
  'Which products cost more than 50?',
];

for (const [server, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('model server')],
] as const)
  test.describe(`concurrent chat streams of the ${server}`, details, () => {
    test.use({ streamsOf: server });

    test(
      `concurrent chat streams of the ${server} never mix their texts`,
      requirement('STREAM-17'),
      async ({ chat, modelId, deterministic }) => {
        const read = async (content: string) => {
          const stream = await chat.chatStream(chatRequest(modelId, content, { max_tokens: 32 }));
          const chunks = await stream.collect();
          await expect(stream).toBeConformantStream(chatRules());
          return { text: textOf(chunks), ids: new Set(chunks.map(({ id }) => id)) };
        };
        const alone: string[] = [];
        for (const content of prompts) alone.push((await read(content)).text);
        expect(
          new Set(alone).size,
          'different answers among the eight: too few of them would hide a mix-up',
        ).toBeGreaterThan(4);
        const together = await Promise.all([...prompts, ...prompts, ...prompts, ...prompts].map(read));
        expect(
          new Set(together.flatMap(({ ids }) => [...ids])).size,
          'different ids of the concurrent streams: each should have its own',
        ).toBe(together.length);
        for (const [i, { text }] of together.entries())
          expect(text).toBelongTo(i % prompts.length, alone, { exact: deterministic });
      },
    );

    test(
      `concurrent chat streams of the ${server} with a shared prompt prefix each get their own answer`,
      requirement('STREAM-17'),
      async ({ chat, modelId, deterministic }) => {
        const prefix = 'There are the tables customers, products and orders. Each customer has a name and a country. ';
        const read = async (content: string) =>
          textOf(await (await chat.chatStream(chatRequest(modelId, prefix + content, { max_tokens: 24 }))).collect());
        const alone: string[] = [];
        for (const content of prompts) alone.push(await read(content));
        const together = await Promise.all(prompts.map(read));
        for (const [i, text] of together.entries()) expect(text).toBelongTo(i, alone, { exact: deterministic });
      },
    );

    test(
      `concurrent chat streams and plain answers of the ${server} do not mix`,
      requirement('STREAM-17'),
      async ({ chat, modelId, deterministic }) => {
        const request = (content: string) => chatRequest(modelId, content, { max_tokens: 24 });
        const plain = async (content: string) =>
          (await chat.chat(request(content))).body.choices[0]?.message.content ?? '';
        const streamed = async (content: string) => textOf(await (await chat.chatStream(request(content))).collect());
        const alone: string[] = [];
        for (const content of prompts) alone.push(await plain(content));
        const [plains, streams] = await Promise.all([
          Promise.all(prompts.map(plain)),
          Promise.all(prompts.map(streamed)),
        ]);
        for (const [i] of prompts.entries()) {
          expect(plains[i]).toBelongTo(i, alone, { exact: deterministic });
          expect(streams[i]).toBelongTo(i, alone, { exact: deterministic });
        }
      },
    );

    test(
      `chat streams of the ${server} stay intact when other clients leave`,
      requirement('STREAM-17', 'STREAM-14'),
      async ({ chat, modelId, longAnswers, deterministic }) => {
        const wholeText = textOf(await (await chat.chatStream(longAnswers(80))).collect());
        const streams = await Promise.all(prompts.map(() => chat.chatStream(longAnswers(80))));
        for (const [i, stream] of streams.entries()) if (i % 2 === 0) stream.wire.leave();
        for (const [i, stream] of streams.entries())
          if (i % 2 === 1) expect(textOf(await stream.collect())).toBelongTo(0, [wholeText], { exact: deterministic });
        expect((await chat.chat(chatRequest(modelId))).status).toBe(200);
      },
    );
  });
