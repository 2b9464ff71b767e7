import {
  chatRules,
  chunkEvent,
  expect,
  finishesOf,
  needs,
  piecesOf,
  requirement,
  simple,
  faultTest as test,
  textOf,
} from '../../fixtures/index.ts';

for (const [door, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('chat.streaming', 'started target')],
] as const)
  test.describe(`the text of a chat stream of the ${door}`, details, () => {
    test.use({ door });

    test('is that of the plain answer', { ...requirement('STREAM-08'), tag: '@quick' }, async ({ talk, modelId }) => {
      for (const question of ['Hello, respond briefly', 'Who are you?', 'How many customers are there?']) {
        const request = simple(modelId, question);
        const plain = (await talk.chat(request)).body.choices[0]?.message.content;
        expect(textOf(await (await talk.chatStream(request)).collect())).toBe(plain);
      }
    });

    test('is the plain one at any length', requirement('STREAM-08', 'CHAT-04'), async ({ talk, longAnswers }) => {
      for (const tokens of [1, 2, 7, 400]) {
        const plain = (await talk.chat(longAnswers(tokens))).body;
        const stream = await talk.chatStream({ ...longAnswers(tokens), stream_options: { include_usage: true } });
        const chunks = await stream.collect();
        expect(textOf(chunks)).toBe(plain.choices[0]?.message.content);
        expect(finishesOf(chunks)).toEqual(['length']);
        expect(chunks.at(-1)?.usage?.completion_tokens).toBe(tokens);
      }
    });

    test(
      'is the same for the same seed',
      requirement('STREAM-08', 'CHAT-08', needs('chat.seed')),
      async ({ talk, longAnswers }) => {
        const hot = longAnswers(24, { temperature: 1.2, seed: 11 });
        const say = async () => textOf(await (await talk.chatStream(hot)).collect());
        const first = await say();
        expect(await say()).toBe(first);
        expect((await talk.chat(hot)).body.choices[0]?.message.content).toBe(first);
      },
    );

    test(
      'ends before a stop string, wherever chunks part it',
      requirement('STREAM-08', 'CHAT-05', needs('chat.stop')),
      async ({ talk, modelId }) => {
        const request = simple(modelId, 'Who are you?');
        const whole = textOf(await (await talk.chatStream(request)).collect());
        expect(whole.length, 'long enough to stop in').toBeGreaterThan(12);
        // At every place: inside of a token, over the border of two, and over three.
        for (let at = 1; at + 6 < whole.length; at += 3) {
          const stop = whole.slice(at, at + 6);
          const chunks = await (await talk.chatStream({ ...request, stop })).collect();
          expect(textOf(chunks), `stop: ${JSON.stringify(stop)}`).toBe(whole.slice(0, whole.indexOf(stop)));
          expect(finishesOf(chunks)).toEqual(['stop']);
        }
        const nearly = `${whole.slice(4, 9)}\u0001`;
        const chunks = await (await talk.chatStream({ ...request, stop: nearly })).collect();
        expect(textOf(chunks), 'what only begins like a stop string is said').toBe(whole);
      },
    );

    test(
      'may be empty, and its stream is whole all the same',
      requirement('STREAM-06', 'STREAM-07', needs('chat.stop')),
      async ({ talk, modelId }) => {
        const [first = ''] = textOf(await (await talk.chatStream(simple(modelId))).collect());
        const stream = await talk.chatStream(simple(modelId, undefined, { stop: first }));
        const chunks = await stream.collect();
        expect([textOf(chunks), finishesOf(chunks)]).toEqual(['', ['stop']]);
        await expect(stream).toBeConformantStream(chatRules('finish', 'role'));
      },
    );

    test(
      'keeps its characters whole, whatever script they are of',
      requirement('STREAM-13'),
      async ({ talk, modelId }, testInfo) => {
        const said: string[] = [];
        for (const question of scripts) {
          const request = simple(modelId, question);
          const plain = (await talk.chat(request)).body.choices[0]?.message.content ?? '';
          const stream = await talk.chatStream(request);
          const pieces = piecesOf(await stream.collect());
          expect(pieces.join('')).toBe(plain);
          for (const piece of pieces) expect(piece.isWellFormed(), JSON.stringify(piece)).toBe(true);
          // What the tokens' bytes spell is what must be read: a character split over tokens is no U+FFFD.
          const { choices } = (await talk.chat({ ...request, logprobs: true }).catch(() => ({ body: none }))).body;
          const bytes = tokensOf(choices[0]).flatMap((token) => token.bytes ?? []);
          if (bytes.length > 0) expect(pieces.join('')).toBe(Buffer.from(bytes).toString());
          if (!plain.includes('\uFFFD')) said.push(...(plain.match(/\P{ASCII}/gu) ?? []));
        }
        testInfo.skip(said.length === 0, `${modelId} says nothing beyond ASCII, whatever it is asked to repeat`);
      },
    );
  });

const none: { choices: unknown[] } = { choices: [] };

const tokensOf = (choice: unknown): { bytes: number[] | null }[] =>
  (choice as { logprobs?: { content?: { bytes: number[] | null }[] } | null } | undefined)?.logprobs?.content ?? [];

/** What makes models say characters of two, three and four bytes; small ones need names. */
const scripts = [
  'Repeat exactly, and nothing else: Grüße aus 東京, Привет, 😀👩‍👩‍👧!',
  'Write the word "hello" in Japanese, Russian and Greek, then three emoji.',
  'List the customers named Zoë Müller',
  'List the doctors named Søren Łukasz',
];

const multibyte = 'Grüße 東京 Привет नमस्ते 😀 👩‍👩‍👧 e\u0301 \u2028 \uFEFF"\\';

for (const [title, bytesAtOnce] of [
  ['byte by byte', 1],
  ['three bytes at a time', 3],
  ['in one packet', 100_000],
] as const)
  test(
    `multi-byte text that reaches the target ${title} leaves it whole`,
    requirement('STREAM-13', needs('started target')),
    async ({ scripted }) => {
      scripted.play(async (stage) => {
        const said = [...multibyte].map((content) => chunkEvent({ content })).join('');
        const bytes = Buffer.from(
          `: ${multibyte.replaceAll('\u2028', '')}\n\n${chunkEvent({ role: 'assistant', content: '' })}${said}`,
        );
        for (let at = 0; at < bytes.length; at += bytesAtOnce) {
          await stage.write(bytes.subarray(at, at + bytesAtOnce));
          // A turn of the event loop each, so that each leaves as a packet of its own.
          if (at % 16 === 0) await new Promise(setImmediate);
        }
        await stage.finish();
      });
      const stream = await scripted.chat.chatStream(simple('scripted'));
      expect(textOf(await stream.collect())).toBe(multibyte);
      await expect(stream).toBeConformantStream(chatRules('finish', 'role'));
      expect(stream.exchange.stream?.comments.map(({ text }) => text.trim()).join()).toContain('東京 Привет');
    },
  );
