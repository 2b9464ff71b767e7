import {
  chatRules,
  expect,
  inTime,
  leftLate,
  needs,
  requirement,
  simple,
  skipAsInconclusive,
  spread,
  faultTest as test,
  textOf,
} from '../../fixtures/index.ts';

test.describe('through a proxy', needs('chat.streaming'), () => {
  for (const [title, manner] of [
    ['that tunnels', 'tunnel'],
    ['that passes on what comes', 'passing'],
  ] as const)
    test(
      `${title}, a stream keeps its text and its timing`,
      requirement('STREAM-20'),
      async ({ talk, talkOn, through, longAnswers }) => {
        const proxied = talkOn(await through(manner));
        const read = async (client: typeof talk) => {
          const stream = await client.chatStream(longAnswers(250));
          const text = textOf(await stream.collect());
          await expect(stream).toBeConformantStream(chatRules());
          return { text, ...spread(stream.exchange) };
        };
        // The same stream both ways, again where the machine was busy: a proxied one must be spread as a direct one.
        await expect(async () => {
          const [direct, other] = [await read(talk), await read(proxied)];
          expect(other.text).toBe(direct.text);
          expect(other.share, 'share of its time in which tokens came, beside the direct one').toBeGreaterThan(
            direct.share / 2,
          );
          expect(other.reads, 'reads of the socket, beside the direct one').toBeGreaterThan(direct.reads / 4);
        }).toPass({ intervals: [0], timeout: 20_000 });
      },
    );

  test(
    'that collects and compresses unless told otherwise, it is told, and tokens come one by one',
    requirement('STREAM-20', needs('chat.unbuffered')),
    async ({ talkOn, through, longAnswers }) => {
      const proxied = talkOn(await through('usual'));
      await expect(async () => {
        const stream = await proxied.chatStream(longAnswers(250), { headers: { 'accept-encoding': 'gzip, br' } });
        await stream.wire.done();
        expect(stream.exchange.response?.headers).not.toHaveProperty('content-encoding');
        const { share, reads } = spread(stream.exchange);
        expect(share, 'share of its time in which tokens came').toBeGreaterThan(0.3);
        expect(reads).toBeGreaterThan(10);
      }).toPass({ intervals: [0], timeout: 20_000 });
    },
  );

  test(
    'the headers forbid to collect, to transform and to keep it',
    requirement('STREAM-20', needs('chat.unbuffered')),
    async ({ talk, modelId }) => {
      const stream = await talk.chatStream(simple(modelId), {
        headers: { 'accept-encoding': 'gzip, deflate, br, zstd' },
      });
      await stream.collect();
      const { headers } = stream.exchange.response ?? {};
      expect(headers?.['x-accel-buffering'], 'or nginx collects it').toBe('no');
      expect(headers?.['cache-control'], 'or a CDN compresses, and so collects it').toMatch(/no-transform/);
      expect(headers?.['cache-control']).toMatch(/no-cache|no-store/);
      expect(headers, 'compressed by the service itself').not.toHaveProperty('content-encoding');
    },
  );

  test(
    'who leaves is gone for the target too',
    requirement('STREAM-20', 'STREAM-14', needs('started target')),
    async ({ talkOn, through, longAnswers, meter }, testInfo) => {
      const proxied = talkOn(await through('passing'));
      const { value: abandoned, lateMs } = await inTime(async () => {
        const meters = await meter();
        const stream = await proxied.chatStream(longAnswers(1_500));
        for await (const { choices } of stream) if (choices[0]?.delta.content) break;
        stream.wire.leave();
        await expect.poll(() => meters.moved('model_backend_requests_total'), 'how it ended is counted').toBe(1);
        expect(await meters.moved('model_backend_in_flight'), 'held for who has gone').toBe(0);
        return meters.moved('model_backend_requests_total', { outcome: 'abandoned' });
      });
      skipAsInconclusive(testInfo, lateMs > 0 && abandoned === 0, leftLate(lateMs));
      expect(abandoned, 'calls given up because who asked has gone').toBe(1);
    },
  );
});
