import {
  chatRequest,
  chatRules,
  expect,
  needs,
  requirement,
  streamSpread,
  faultTest as test,
  textOf,
} from '../../fixtures/index.ts';

test.describe('streams through a proxy', needs('chat.streaming'), () => {
  for (const [proxy, manner] of [
    ['a CONNECT tunnel', 'tunnel'],
    ['an unbuffered reverse proxy', 'passing'],
  ] as const)
    test(
      `a stream through ${proxy} keeps its text and its timing`,
      requirement('STREAM-20'),
      async ({ chat, chatClientFor, clientThroughProxy, longAnswers }) => {
        const proxied = chatClientFor(await clientThroughProxy(manner));
        const read = async (client: typeof chat) => {
          const stream = await client.chatStream(longAnswers(250));
          const text = textOf(await stream.collect());
          await expect(stream).toBeConformantStream(chatRules());
          return { text, ...streamSpread(stream.exchange) };
        };
        // The same stream directly and through the proxy, repeated where the machine was busy: the tokens must arrive
        // spread over a similar share of the time.
        await expect(async () => {
          const [direct, viaProxy] = [await read(chat), await read(proxied)];
          expect(viaProxy.text).toBe(direct.text);
          expect(
            viaProxy.share,
            'share of the time over which the tokens arrived, to compare with the direct stream',
          ).toBeGreaterThan(direct.share / 2);
          expect(viaProxy.reads, 'reads of the socket, to compare with the direct stream').toBeGreaterThan(
            direct.reads / 4,
          );
        }).toPass({ intervals: [0], timeout: 20_000 });
      },
    );

  test(
    'the headers of a stream make a proxy that buffers by default pass the tokens on one by one',
    requirement('STREAM-20', needs('chat.unbuffered')),
    async ({ chatClientFor, clientThroughProxy, longAnswers }) => {
      const proxied = chatClientFor(await clientThroughProxy('usual'));
      await expect(async () => {
        const stream = await proxied.chatStream(longAnswers(250), { headers: { 'accept-encoding': 'gzip, br' } });
        await stream.wire.done();
        expect(stream.exchange.response?.headers).not.toHaveProperty('content-encoding');
        const { share, reads } = streamSpread(stream.exchange);
        expect(share, 'share of the time over which the tokens arrived').toBeGreaterThan(0.3);
        expect(reads).toBeGreaterThan(10);
      }).toPass({ intervals: [0], timeout: 20_000 });
    },
  );

  test(
    'the headers of a chat stream forbid proxies to buffer, transform or cache it',
    requirement('STREAM-20', needs('chat.unbuffered')),
    async ({ chat, modelId }) => {
      const stream = await chat.chatStream(chatRequest(modelId), {
        headers: { 'accept-encoding': 'gzip, deflate, br, zstd' },
      });
      await stream.collect();
      const { headers } = stream.exchange.response ?? {};
      expect(headers?.['x-accel-buffering'], 'X-Accel-Buffering: without it, nginx buffers the stream').toBe('no');
      expect(
        headers?.['cache-control'],
        'Cache-Control: without no-transform, a CDN compresses and so buffers the stream',
      ).toMatch(/no-transform/);
      expect(headers?.['cache-control']).toMatch(/no-cache|no-store/);
      expect(headers, 'headers of the stream: the service itself should not compress it').not.toHaveProperty(
        'content-encoding',
      );
    },
  );
});

/** How long the model goes on sending to somebody who has left, a token every so often. */
const [tokens, betweenMs] = [200, 50];

for (const [where, manner] of [
  ['', undefined],
  [' behind a reverse proxy', 'passing'],
] as const)
  test(
    `when a client${where} leaves its chat stream, the target drops the model call`,
    requirement('STREAM-20', 'STREAM-14', needs('chat.streaming', 'scripted model')),
    async ({ scripted, clientThroughProxy, chatClientFor }) => {
      const call = Promise.withResolvers<'dropped' | 'generated to its end'>();
      // Some servers notice that a reader has left only when they write to it.
      scripted.play(async (generation) => {
        generation.left.addEventListener('abort', () => call.resolve('dropped'));
        await generation.chunk({ role: 'assistant', content: '' });
        for (let n = 0; n < tokens && !generation.left.aborted; n++) {
          await generation.chunk({ content: `token ${n} ` });
          await new Promise((resolve) => setTimeout(resolve, betweenMs));
        }
        call.resolve('generated to its end');
        if (!generation.left.aborted) await generation.finish();
      });
      const chat = manner ? chatClientFor(await clientThroughProxy(manner, scripted.http)) : scripted.chat;
      const stream = await chat.chatStream(chatRequest(scripted.model));
      for await (const { choices } of stream) if (choices[0]?.delta.content) break;
      stream.wire.leave();
      expect(await call.promise, 'what became of the model call after its reader had left').toBe('dropped');
    },
  );
