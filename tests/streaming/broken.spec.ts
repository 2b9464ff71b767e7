import { chatRules, expect, needs, requirement, type Stage, simple, faultTest as test } from '../../fixtures/index.ts';

type Fail = (stage: Stage, heard: Promise<void>) => Promise<void> | void;

/** How a model server fails in the middle of a stream, and what the target is to call it. */
const failures: [how: string, fail: Fail, code: string][] = [
  ['drops the connection', (stage, heard) => heard.then(() => stage.cut()), 'model_bad_response'],
  ['ends without [DONE]', (stage) => stage.end(), 'model_bad_response'],
  [
    'ends inside an event',
    async (stage) => {
      await stage.write('data: {"id":"chatcm');
      stage.end();
    },
    'model_bad_response',
  ],
  // In the same packet as the text before it: that is to be delivered all the same.
  ['sends what is not JSON', (stage) => stage.write('data: {oops}\n\n'), 'model_bad_response'],
  [
    'sends an error of its own',
    (stage) => stage.write('data: {"error":{"message":"out of memory: /secret"}}\n\n'),
    'model_bad_response',
  ],
  ['falls silent', () => {}, 'model_timeout'],
];

test.describe('a model that', needs('started target'), () => {
  for (const [how, fail, code] of failures)
    test(`${how} in mid-stream ends the stream with an error event`, requirement('STREAM-12'), async ({ scripted }) => {
      const heard = Promise.withResolvers<void>();
      scripted.play(async (stage) => {
        await stage.chunk({ role: 'assistant', content: '' });
        await stage.chunk({ content: 'so far' });
        await fail(stage, heard.promise);
      });
      const { wire } = await scripted.chat.chatStream(simple('scripted'));
      const data: string[] = [];
      for await (const event of wire.events) {
        data.push(event.data);
        if (event.data.includes('so far')) heard.resolve();
      }
      expect(data.join(), 'what came before is delivered').toContain('so far');
      expect(data, 'an answer that broke off is not done').not.toContain('[DONE]');
      const last = JSON.parse(data.at(-1) ?? '');
      expect(last).toMatchObject({ error: { type: 'server_error', code, message: expect.any(String) } });
      expect(JSON.stringify(last), 'what goes on inside stays inside').not.toContain('/secret');
      await expect(wire).toBeConformantStream({ ...chatRules(), expectations: { error: true } });
    });

  test('failed leaves no trace in the next stream', requirement('STREAM-12'), async ({ scripted }) => {
    let calls = 0;
    scripted.play(async (stage) => {
      await stage.chunk({ role: 'assistant', content: '' });
      if (calls++ === 0) return stage.cut();
      await stage.chunk({ content: 'well' });
      await stage.finish();
    });
    await (await scripted.chat.chatStream(simple('scripted'))).wire.done();
    const next = await scripted.chat.chatStream(simple('scripted'));
    await expect(next).toBeConformantStream(chatRules());
  });
});
