import { expect, needs, requirement, test } from '../../fixtures/index.ts';

const conversation = [{ role: 'user', content: 'Hello' }];

/** What is wrong, the body without its model, and the field that the error must name. */
const invalid: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['no model', { model: undefined, input: 'Hello' }, 'model'],
  ['a blank model', { model: ' ', input: 'Hello' }, 'model'],
  ['a model that is a number', { model: 7, input: 'Hello' }, 'model'],
  ['neither input nor messages', {}, 'input'],
  ['both input and messages', { input: 'Hello', messages: conversation }, 'input'],
  ['an empty input', { input: '' }, 'input'],
  ['a blank input', { input: ' \n\t' }, 'input'],
  ['an input that contains a NUL', { input: 'Hel\0lo' }, 'input'],
  ['an input that is not a string', { input: ['Hello'] }, 'input'],
  ['an input of 32,769 characters', { input: 'x'.repeat(32_769) }, 'input'],
  ['an empty list of messages', { messages: [] }, 'messages'],
  ['a message of an unknown role', { messages: [{ role: 'wizard', content: 'Hello' }] }, 'messages.0.role'],
  ['a message without content', { messages: [...conversation, { role: 'user' }] }, 'messages.1.content'],
  ['max_tokens of 0', { input: 'Hello', max_tokens: 0 }, 'max_tokens'],
  ['max_tokens of 0.5', { input: 'Hello', max_tokens: 0.5 }, 'max_tokens'],
  ['a temperature of 2.1', { input: 'Hello', temperature: 2.1 }, 'temperature'],
  ['a seed of -1', { input: 'Hello', seed: -1 }, 'seed'],
  ['an unknown field', { input: 'Hello', max_token: 5 }, 'max_token'],
  ["a prompt that does not fit the model's context", { input: 'word '.repeat(6_000) }, 'input'],
];

test.describe('inference validation', needs('inference'), () => {
  for (const [what, fields, field] of invalid) {
    test(
      `an inference request with ${what} is refused with 422, naming "${field}"`,
      requirement('RT-03'),
      async ({ inference, modelId }) => {
        const refused = await inference.refusal({ model: modelId, ...fields });
        expect(refused).toBeProblem(422, field);
        expect((refused.body['errors'] as { field: string }[]).map((error) => error.field)).toContain(field);
      },
    );
  }

  test(
    'an inference request whose body is not a JSON object is refused with 400, 415 or 422',
    requirement('RT-03'),
    async ({ http, user }) => {
      const send = async (body: string, type: string) => {
        const headers = { ...user.headers, 'content-type': type };
        const { status, text } = await http.request('POST', '/api/v1/inference', { body, headers });
        return { status, body: JSON.parse(text) };
      };
      expect(await send('{"model":', 'application/json')).toBeProblem(400);
      expect(await send('model=x', 'application/x-www-form-urlencoded')).toBeProblem(415);
      expect(await send('[]', 'application/json')).toBeProblem(422);
      expect(await send('null', 'application/json')).toBeProblem(422);
    },
  );

  test(
    'an inference request without a valid access token is refused with 401 and costs no tokens',
    requirement('RT-03', 'SEC-01'),
    async ({ platformClientsFor, modelId, watchMetrics }) => {
      const metrics = await watchMetrics();
      const request = { model: modelId, input: 'Hello' };
      expect(await platformClientsFor(undefined).inference.refusal(request)).toBeProblem(401);
      const forged = { headers: { authorization: 'Bearer a.b.c' } };
      expect(await platformClientsFor(forged).inference.refusal(request)).toBeProblem(401);
      expect(await platformClientsFor(undefined).inference.refusal({})).toBeProblem(401);
      expect(await metrics.increase('model_tokens_total')).toBe(0);
    },
  );
});
