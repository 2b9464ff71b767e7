import { expect, needs, requirement, test } from '../../fixtures/index.ts';

const conversation = [{ role: 'user', content: 'Hello' }];

/** What is wrong, the body less its model, and which field must be named. */
const invalid: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['no model', { model: undefined, input: 'Hello' }, 'model'],
  ['an empty model', { model: ' ', input: 'Hello' }, 'model'],
  ['a model that is a number', { model: 7, input: 'Hello' }, 'model'],
  ['neither input nor messages', {}, 'input'],
  ['both input and messages', { input: 'Hello', messages: conversation }, 'input'],
  ['an empty input', { input: '' }, 'input'],
  ['a blank input', { input: ' \n\t' }, 'input'],
  ['an input with a NUL', { input: 'Hel\0lo' }, 'input'],
  ['an input that is no text', { input: ['Hello'] }, 'input'],
  ['an input past the limit', { input: 'x'.repeat(32_769) }, 'input'],
  ['no messages in the list', { messages: [] }, 'messages'],
  ['a message of an unknown role', { messages: [{ role: 'wizard', content: 'Hello' }] }, 'messages.0.role'],
  ['a message without content', { messages: [...conversation, { role: 'user' }] }, 'messages.1.content'],
  ['max_tokens of 0', { input: 'Hello', max_tokens: 0 }, 'max_tokens'],
  ['max_tokens of a half', { input: 'Hello', max_tokens: 0.5 }, 'max_tokens'],
  ['a temperature of 2.1', { input: 'Hello', temperature: 2.1 }, 'temperature'],
  ['a seed below 0', { input: 'Hello', seed: -1 }, 'seed'],
  ['an unknown field', { input: 'Hello', max_token: 5 }, 'max_token'],
  ["a prompt that does not fit the model's context", { input: 'word '.repeat(6_000) }, 'input'],
];

test.describe('inference refuses', needs('inference'), () => {
  for (const [what, fields, named] of invalid) {
    test(`${what}, naming ${named}`, requirement('RT-03'), async ({ inference, modelId }) => {
      const refused = await inference.refusal({ model: modelId, ...fields });
      expect(refused).toBeProblem(422, named);
      expect((refused.body['errors'] as { field: string }[]).map(({ field }) => field)).toContain(named);
    });
  }

  test('what is no JSON, and what is no request of its own', requirement('RT-03'), async ({ http, user }) => {
    const send = async (body: string, type: string) => {
      const headers = { ...user.headers, 'content-type': type };
      const { status, text } = await http.request('POST', '/api/v1/inference', { body, headers });
      return { status, body: JSON.parse(text) };
    };
    expect(await send('{"model":', 'application/json')).toBeProblem(400);
    expect(await send('model=x', 'application/x-www-form-urlencoded')).toBeProblem(415);
    expect(await send('[]', 'application/json')).toBeProblem(422);
    expect(await send('null', 'application/json')).toBeProblem(422);
  });

  test('strangers', requirement('RT-03', 'SEC-01'), async ({ platformAs, modelId, meter }) => {
    const meters = await meter();
    const asked = { model: modelId, input: 'Hello' };
    expect(await platformAs(undefined).inference.refusal(asked)).toBeProblem(401);
    const forged = { headers: { authorization: 'Bearer a.b.c' } };
    expect(await platformAs(forged).inference.refusal(asked)).toBeProblem(401);
    expect(await platformAs(undefined).inference.refusal({})).toBeProblem(401);
    expect(await meters.moved('model_tokens_total')).toBe(0);
  });
});
