import {
  chatRequest,
  chatRules,
  chunkEvent,
  expect,
  finishReasonsOf,
  isReference,
  needs,
  piecesOf,
  requirement,
  faultTest as test,
  textOf,
} from '../../fixtures/index.ts';

for (const [server, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('model server')],
] as const)
  test.describe(`chat stream text of the ${server}`, details, () => {
    test.use({ streamsOf: server });

    test(`the text of a chat stream of the ${server} equals the plain answer`, {
      ...requirement('STREAM-08'),
      tag: '@quick',
    }, async ({ chat, modelId }) => {
      for (const question of ['Hello, respond briefly', 'Who are you?', 'How many customers are there?']) {
        const request = chatRequest(modelId, question);
        const plain = (await chat.chat(request)).body.choices[0]?.message.content;
        expect(textOf(await (await chat.chatStream(request)).collect())).toBe(plain);
      }
    });

    test(
      `a chat stream of the ${server} has the plain text at lengths of 1, 2, 7 and 400 tokens`,
      requirement('STREAM-08', 'CHAT-04'),
      async ({ chat, longAnswers }) => {
        for (const tokens of [1, 2, 7, 400]) {
          const plain = (await chat.chat(longAnswers(tokens))).body;
          const stream = await chat.chatStream({ ...longAnswers(tokens), stream_options: { include_usage: true } });
          const chunks = await stream.collect();
          expect(textOf(chunks)).toBe(plain.choices[0]?.message.content);
          expect(finishReasonsOf(chunks)).toEqual(['length']);
          expect(chunks.at(-1)?.usage?.completion_tokens).toBe(tokens);
        }
      },
    );

    test(
      `a chat stream of the ${server} repeats its text for the same seed`,
      requirement('STREAM-08', 'CHAT-08', needs('chat.seed')),
      async ({ chat, longAnswers }) => {
        const request = longAnswers(24, { temperature: 1.2, seed: 11 });
        const stream = async () => textOf(await (await chat.chatStream(request)).collect());
        const first = await stream();
        expect(await stream()).toBe(first);
        expect((await chat.chat(request)).body.choices[0]?.message.content).toBe(first);
      },
    );

    test(
      `a chat stream of the ${server} ends before a stop string, wherever chunks split it`,
      requirement('STREAM-08', 'CHAT-05', needs('chat.stop')),
      async ({ chat, modelId }) => {
        const request = chatRequest(modelId, 'Who are you?');
        const wholeText = textOf(await (await chat.chatStream(request)).collect());
        expect(wholeText.length, 'length of the answer in which stop strings are tried').toBeGreaterThan(12);
        // Every third position: the stop string lies inside one token, across two, or across three.
        for (let at = 1; at + 6 < wholeText.length; at += 3) {
          const stop = wholeText.slice(at, at + 6);
          const chunks = await (await chat.chatStream({ ...request, stop })).collect();
          expect(textOf(chunks), `text of the stream with stop: ${JSON.stringify(stop)}`).toBe(
            wholeText.slice(0, wholeText.indexOf(stop)),
          );
          expect(finishReasonsOf(chunks)).toEqual(['stop']);
        }
        const almostStop = `${wholeText.slice(4, 9)}\u0001`;
        const chunks = await (await chat.chatStream({ ...request, stop: almostStop })).collect();
        expect(textOf(chunks), 'text of a stream in which only the beginning of the stop string occurs').toBe(
          wholeText,
        );
      },
    );

    test(
      `a chat stream of the ${server} with an empty text is still complete`,
      requirement('STREAM-06', 'STREAM-07', needs('chat.stop')),
      async ({ chat, modelId }) => {
        const [first = ''] = textOf(await (await chat.chatStream(chatRequest(modelId))).collect());
        const stream = await chat.chatStream(chatRequest(modelId, undefined, { stop: first }));
        const chunks = await stream.collect();
        expect([textOf(chunks), finishReasonsOf(chunks)]).toEqual(['', ['stop']]);
        await expect(stream).toBeConformantStream(chatRules('finish', 'role'));
      },
    );

    test(
      `a chat stream of the ${server} never splits a character between chunks, whatever the script`,
      requirement('STREAM-13'),
      async ({ chat, modelId }, testInfo) => {
        const multibyteCharacters: string[] = [];
        for (const question of scripts) {
          const request = chatRequest(modelId, question);
          const plain = (await chat.chat(request)).body.choices[0]?.message.content ?? '';
          const stream = await chat.chatStream(request);
          const pieces = piecesOf(await stream.collect());
          expect(pieces.join('')).toBe(plain);
          for (const piece of pieces) expect(piece.isWellFormed(), JSON.stringify(piece)).toBe(true);
          // The text must be what the tokens' bytes make up: a character split over two tokens must not become U+FFFD.
          const { choices } = (await chat.chat({ ...request, logprobs: true }).catch(() => ({ body: noAnswer }))).body;
          const bytes = tokensOf(choices[0]).flatMap((token) => token.bytes ?? []);
          if (bytes.length > 0) expect(pieces.join('')).toBe(Buffer.from(bytes).toString());
          if (!plain.includes('\uFFFD')) multibyteCharacters.push(...(plain.match(/\P{ASCII}/gu) ?? []));
        }
        testInfo.skip(
          multibyteCharacters.length === 0,
          `${modelId} answered every prompt in ASCII only, so nothing could be split`,
        );
      },
    );
  });

const noAnswer: { choices: unknown[] } = { choices: [] };

const tokensOf = (choice: unknown): { bytes: number[] | null }[] =>
  (choice as { logprobs?: { content?: { bytes: number[] | null }[] } | null } | undefined)?.logprobs?.content ?? [];

/** Prompts that make models write characters of two, three and four bytes; small models only do so for names. */
const scripts = [
  'Repeat exactly, and nothing else: Grüße aus 東京, Привет, 😀👩‍👩‍👧!',
  'Write the word "hello" in Japanese, Russian and Greek, then three emoji.',
  'List the customers named Zoë Müller',
  'List the doctors named Søren Łukasz',
];

const multibyte = 'Grüße 東京 Привет नमस्ते 😀 👩‍👩‍👧 e\u0301 \u2028 \uFEFF"\\';

for (const [how, bytesAtOnce] of [
  ['byte by byte', 1],
  ['three bytes at a time', 3],
  ['in one packet', 100_000],
] as const)
  test(
    `multi-byte text that the model sends ${how} leaves the target intact`,
    requirement('STREAM-13', needs('chat.streaming', 'scripted model')),
    async ({ scripted }) => {
      scripted.play(async (generation) => {
        const textEvents = [...multibyte].map((content) => chunkEvent({ content })).join('');
        const bytes = Buffer.from(
          `: ${multibyte.replaceAll('\u2028', '')}\n\n${chunkEvent({ role: 'assistant', content: '' })}${textEvents}`,
        );
        for (let at = 0; at < bytes.length; at += bytesAtOnce) {
          await generation.write(bytes.subarray(at, at + bytesAtOnce));
          // A turn of the event loop between writes, so that they leave as separate packets.
          if (at % 16 === 0) await new Promise(setImmediate);
        }
        await generation.finish();
      });
      const stream = await scripted.chat.chatStream(chatRequest(scripted.model));
      expect(textOf(await stream.collect())).toBe(multibyte);
      await expect(stream).toBeConformantStream(chatRules('finish', 'role'));
      // Comments are for whoever reads next, and another service may keep them.
      if (isReference)
        expect(stream.exchange.stream?.comments.map(({ text }) => text.trim()).join()).toContain('東京 Привет');
    },
  );
