import { chatRequest, expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

/** Requests for a stream that cannot start. */
const invalid: [what: string, fields: Record<string, unknown>][] = [
  ['no messages', { messages: undefined }],
  ['an empty list of messages', { messages: [] }],
  ['a message of an unknown role', { messages: [{ role: 'wizard', content: 'Hello' }] }],
  ['a temperature that is not a number', { temperature: 'warm' }],
  ['a prompt longer than the context', { messages: [{ role: 'user', content: 'word '.repeat(200_000) }] }],
];

test.describe('refused stream requests', needs('chat.streaming', 'chat.refusals'), () => {
  for (const [what, fields] of invalid)
    test(
      `a stream request with ${what} is refused with a 4xx status and a JSON error`,
      requirement('STREAM-11'),
      async ({ sendChat, modelId }) => {
        const json = { ...chatRequest(modelId), ...fields, stream: true };
        const answer = await sendChat({ json });
        expect(answer.kind, 'kind of the answer: a refusal should not be an event stream').toBe('plain');
        expect(answer.status, 'status of the refusal').toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
        expect(answer.headers['content-type']).toMatch(/^application\/json/);
        if (answer.kind === 'plain')
          expect(answer.json()).toMatchObject({ error: { message: expect.stringMatching(/\S/) } });
      },
    );

  test(
    'a stream request for an unknown model is refused with 400 or 404 and names the model',
    requirement('STREAM-11', 'MODELS-04'),
    async ({ chat }) => {
      const refusal = await chat.chatRefusal({ ...chatRequest('no-such-model'), stream: true });
      expect([400, 404]).toContain(refusal.status);
      expect(refusal.body.error.message).toContain('no-such-model');
    },
  );

  test(
    'a stream request with a body that is not JSON is refused with 400',
    requirement('STREAM-11'),
    async ({ sendChat }) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await sendChat({ body: '{"stream": true, ', headers });
      expect([answer.kind, answer.status]).toEqual(['plain', 400]);
    },
  );

  for (const stream of [undefined, false])
    test(
      `a request with stream_options ${stream === undefined ? 'but without stream' : 'and stream: false'} is refused with 400 and names the field`,
      requirement('STREAM-10'),
      async ({ chat, modelId }) => {
        const refusal = await chat.chatRefusal({
          ...chatRequest(modelId),
          stream,
          stream_options: { include_usage: true },
        });
        expect(refusal.status).toBe(400);
        expect(refusal.body.error.message).toContain('stream_options');
      },
    );

  test(
    'after a refused stream request, the next stream is delivered',
    requirement('STREAM-11', 'STREAM-21'),
    async ({ chat, modelId }) => {
      await chat.chatRefusal({ ...chatRequest(modelId), temperature: 'warm', stream: true });
      expect(await (await chat.chatStream(chatRequest(modelId))).collect()).not.toEqual([]);
    },
  );
});
