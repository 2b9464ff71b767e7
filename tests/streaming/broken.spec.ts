import {
  chatRequest,
  chatRules,
  expect,
  type Generation,
  isReference,
  needs,
  requirement,
  type StreamResponse,
  faultTest as test,
} from '../../fixtures/index.ts';

type Fail = (generation: Generation, textArrived: Promise<void>) => Promise<void> | void;

/** A model server that waits for a reader who gets nothing goes on after this time. */
const longestWaitMs = 2_000;

/** How a model server fails in the middle of a stream, and the error code that the reference service gives for it. */
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
  // How long another service waits is for `resilience/model-behaviour`, which has the time for it.
  ...(isReference ? ([['falls silent', () => {}, 'model_timeout']] as const satisfies [string, Fail, string][]) : []),
];

/** What says that an answer is not whole: an error event, or the finish reason that some gateways give instead. */
const saysError = (data: string): boolean => /"error"\s*:\s*[{"]|"finish_reason"\s*:\s*"error"/.test(data);

test.describe('model failures in mid-stream', needs('chat.streaming', 'scripted model'), () => {
  for (const [how, fail, code] of failures)
    test(
      `when the model ${how} in mid-stream, the stream does not end like a whole answer`,
      requirement('STREAM-12'),
      async ({ scripted }) => {
        const textArrived = Promise.withResolvers<void>();
        const waited = setTimeout(textArrived.resolve, longestWaitMs);
        scripted.play(async (generation) => {
          await generation.chunk({ role: 'assistant', content: '' });
          await generation.chunk({ content: 'so far' });
          await fail(generation, textArrived.promise);
        });
        const { wire } = await scripted.chat.chatStream(chatRequest(scripted.model));
        const data: string[] = [];
        try {
          for await (const event of wire.events) {
            data.push(event.data);
            if (event.data.includes('so far')) textArrived.resolve();
          }
        } catch {
          // A broken connection is one of the right ends; done() tells it.
        }
        clearTimeout(waited);
        const { error } = await wire.done();
        expect(
          error === null && data.includes('[DONE]') && !data.some(saysError),
          'the stream ended with [DONE], cleanly and without an error, so its reader takes half an answer for a whole one: send an error event, or break the connection',
        ).toBe(false);
        if (isReference) await expectErrorEvent(wire, data, code);
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
      await (await scripted.chat.chatStream(chatRequest(scripted.model))).wire.done();
      const next = await scripted.chat.chatStream(chatRequest(scripted.model));
      await expect(next).toBeConformantStream(chatRules());
    },
  );
});

/** What the reference service promises besides: all text before the failure, then an error event that tells no details. */
async function expectErrorEvent(wire: StreamResponse, data: readonly string[], code: string): Promise<void> {
  expect(data.join(), 'events of the stream: the text before the failure should be among them').toContain('so far');
  expect(data, 'events of the stream: a failed answer should not end with [DONE]').not.toContain('[DONE]');
  const last = JSON.parse(data.at(-1) ?? '');
  expect(last).toMatchObject({ error: { type: 'server_error', code, message: expect.any(String) } });
  expect(JSON.stringify(last), 'the error event should not show details of the model server').not.toContain('/secret');
  await expect(wire).toBeConformantStream({ ...chatRules(), expectations: { error: true } });
}
