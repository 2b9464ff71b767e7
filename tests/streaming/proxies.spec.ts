import {
  chatRequest,
  chatRules,
  delayReason,
  expect,
  needs,
  repeatIfDelayed,
  requirement,
  skipAsInconclusive,
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

  test(
    'when a client behind a proxy leaves its stream, the target abandons the model call',
    requirement('STREAM-20', 'STREAM-14', needs('started target')),
    async ({ chatClientFor, clientThroughProxy, longAnswers, watchMetrics }, testInfo) => {
      const proxied = chatClientFor(await clientThroughProxy('passing'));
      const { value: abandoned, lateMs } = await repeatIfDelayed(async () => {
        const metrics = await watchMetrics();
        const stream = await proxied.chatStream(longAnswers(1_500));
        for await (const { choices } of stream) if (choices[0]?.delta.content) break;
        stream.wire.leave();
        await expect
          .poll(() => metrics.increase('model_backend_requests_total'), 'model calls that have ended')
          .toBe(1);
        expect(
          await metrics.increase('model_backend_in_flight'),
          'model calls still in flight after the client has left',
        ).toBe(0);
        return metrics.increase('model_backend_requests_total', { outcome: 'abandoned' });
      });
      skipAsInconclusive(testInfo, lateMs > 0 && abandoned === 0, delayReason(lateMs));
      expect(abandoned, 'model calls abandoned because the client has left').toBe(1);
    },
  );
});
