import {
  chatRequest,
  chatRules,
  expect,
  type Generation,
  needs,
  requirement,
  faultTest as test,
} from '../../fixtures/index.ts';

type Fail = (generation: Generation, textArrived: Promise<void>) => Promise<void> | void;

/** How a model server fails in the middle of a stream, and the error code that the target must give for it. */
const failures: [how: string, fail: Fail, code: string][] = [
  ['drops the connection', (generation, textArrived) => textArrived.then(() => generation.cut()), 'model_bad_response'],
  ['ends without [DONE]', (generation) => generation.end(), 'model_bad_response'],
  [
    'ends inside an event',
    async (generation) => {
      await generation.write('data: {"id":"chatcm');
      generation.end();
    },
    'model_bad_response',
  ],
  // This comes in the same packet as the text before it, which must still be delivered.
  ['sends invalid JSON', (generation) => generation.write('data: {oops}\n\n'), 'model_bad_response'],
  [
    'sends an error of its own',
    (generation) => generation.write('data: {"error":{"message":"out of memory: /secret"}}\n\n'),
    'model_bad_response',
  ],
  ['falls silent', () => {}, 'model_timeout'],
];

test.describe('model failures in mid-stream', needs('started target'), () => {
  for (const [how, fail, code] of failures)
    test(
      `when the model ${how} in mid-stream, the stream ends with an error event`,
      requirement('STREAM-12'),
      async ({ scripted }) => {
        const textArrived = Promise.withResolvers<void>();
        scripted.play(async (generation) => {
          await generation.chunk({ role: 'assistant', content: '' });
          await generation.chunk({ content: 'so far' });
          await fail(generation, textArrived.promise);
        });
        const { wire } = await scripted.chat.chatStream(chatRequest('scripted'));
        const data: string[] = [];
        for await (const event of wire.events) {
          data.push(event.data);
          if (event.data.includes('so far')) textArrived.resolve();
        }
        expect(data.join(), 'events of the stream: the text before the failure should be among them').toContain(
          'so far',
        );
        expect(data, 'events of the stream: a failed answer should not end with [DONE]').not.toContain('[DONE]');
        const last = JSON.parse(data.at(-1) ?? '');
        expect(last).toMatchObject({ error: { type: 'server_error', code, message: expect.any(String) } });
        expect(JSON.stringify(last), 'the error event should not show details of the model server').not.toContain(
          '/secret',
        );
        await expect(wire).toBeConformantStream({ ...chatRules(), expectations: { error: true } });
      },
    );

  test(
    'after the model breaks off one stream, the next stream is conformant',
    requirement('STREAM-12'),
    async ({ scripted }) => {
      let calls = 0;
      scripted.play(async (generation) => {
        await generation.chunk({ role: 'assistant', content: '' });
        if (calls++ === 0) return generation.cut();
        await generation.chunk({ content: 'well' });
        await generation.finish();
      });
      await (await scripted.chat.chatStream(chatRequest('scripted'))).wire.done();
      const next = await scripted.chat.chatStream(chatRequest('scripted'));
      await expect(next).toBeConformantStream(chatRules());
    },
  );
});
