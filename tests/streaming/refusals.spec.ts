import { expect, needs, requirement, simple, faultTest as test } from '../../fixtures/index.ts';

/** Requests for a stream that cannot begin, and the parameter that is to blame where OpenAI names one. */
const hopeless: [what: string, fields: Record<string, unknown>][] = [
  ['no messages', { messages: undefined }],
  ['an empty list of messages', { messages: [] }],
  ['a message of an unknown role', { messages: [{ role: 'wizard', content: 'Hello' }] }],
  ['a temperature in words', { temperature: 'warm' }],
  ['a prompt beyond the context', { messages: [{ role: 'user', content: 'word '.repeat(200_000) }] }],
];

test.describe('a stream that cannot begin', needs('chat.streaming', 'chat.refusals'), () => {
  for (const [what, fields] of hopeless)
    test(`for ${what} is refused with a status, in JSON`, requirement('STREAM-11'), async ({ sendChat, modelId }) => {
      const json = { ...simple(modelId), ...fields, stream: true };
      const answer = await sendChat({ json });
      expect(answer.kind, 'no event stream').toBe('plain');
      expect(answer.status, 'told by the status, which is sent once').toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      if (answer.kind === 'plain')
        expect(answer.json()).toMatchObject({ error: { message: expect.stringMatching(/\S/) } });
    });

  test('for an unknown model is a 404 that names it', requirement('STREAM-11', 'MODELS-04'), async ({ talk }) => {
    const refusal = await talk.chatRefusal({ ...simple('no-such-model'), stream: true });
    expect([400, 404]).toContain(refusal.status);
    expect(refusal.body.error.message).toContain('no-such-model');
  });

  test('for a body that is not JSON is a 400', requirement('STREAM-11'), async ({ sendChat }) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await sendChat({ body: '{"stream": true, ', headers });
    expect([answer.kind, answer.status]).toEqual(['plain', 400]);
  });

  for (const stream of [undefined, false])
    test(
      `stream_options with stream ${stream === undefined ? 'left out' : 'false'} are refused by name`,
      requirement('STREAM-10'),
      async ({ talk, modelId }) => {
        const refusal = await talk.chatRefusal({ ...simple(modelId), stream, stream_options: { include_usage: true } });
        expect(refusal.status).toBe(400);
        expect(refusal.body.error.message).toContain('stream_options');
      },
    );

  test(
    'leaves the connection usable for one that can',
    requirement('STREAM-11', 'STREAM-21'),
    async ({ talk, modelId }) => {
      await talk.chatRefusal({ ...simple(modelId), temperature: 'warm', stream: true });
      expect(await (await talk.chatStream(simple(modelId))).collect()).not.toEqual([]);
    },
  );
});
