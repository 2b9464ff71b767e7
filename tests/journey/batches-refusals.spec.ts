import { expect, needs, requirement, test, uniqueName } from '../../fixtures/index.ts';

const good = { input: 'Hello', max_tokens: 4 };
const many = (count: number) => Array.from({ length: count }, () => good);

/** What is wrong, the items, and which field must be named. */
const invalid: readonly (readonly [string, unknown, string])[] = [
  ['no items', [], 'items'],
  ['items that are no list', good, 'items'],
  ['missing items', undefined, 'items'],
  ['more items than allowed', many(1_001), 'items'],
  [
    'an id twice',
    [
      { id: 'a', ...good },
      { id: 'b', ...good },
      { id: 'a', ...good },
    ],
    'items.2.id',
  ],
  ['an id that is the place of an item without one', [{ id: '1', ...good }, good], 'items.1.id'],
  ['an empty id', [{ id: '', ...good }], 'items.0.id'],
  ['an id of 101 characters', [{ id: 'i'.repeat(101), ...good }], 'items.0.id'],
  ['an item without a prompt', [good, { id: 'empty' }], 'items.1.input'],
  ['an item with two prompts', [good, { ...good, messages: [{ role: 'user', content: 'Hi' }] }], 'items.1.input'],
  ['an item with an empty prompt', [good, good, { input: '' }], 'items.2.input'],
  ['an item with a bad max_tokens', [{ ...good, max_tokens: 0 }], 'items.0.max_tokens'],
  ['an item with an unknown field', [{ ...good, prompt: 'Hi' }], 'items.0.prompt'],
];

test.describe('batches refuse', needs('batch'), () => {
  for (const [what, items, named] of invalid) {
    test(
      `${what}, naming ${named}, and keep none of it`,
      requirement('BATCH-07'),
      async ({ batches, modelId, user, databases, query }) => {
        const refused = await batches.refusal('create', {}, { json: { model: modelId, items } });
        expect(refused).toBeProblem(422, named);
        expect((refused.body['errors'] as { field: string }[]).map(({ field }) => field)).toContain(named);
        const kept = await query(databases.platform.urls.owner, 'SELECT 1 FROM batches WHERE owner = $1', [user.id]);
        expect(kept).toEqual([]);
      },
    );
  }

  test('unknown and disabled models', requirement('BATCH-07'), async ({ batches, registerModel }) => {
    const { name } = await registerModel({ status: 'disabled' });
    const refusal = async (model: string) =>
      (await batches.refusal('create', {}, { json: { model, items: many(1) } })).body;
    expect(await refusal(uniqueName('nobody'))).toMatchObject({ status: 404, code: 'unknown_model' });
    expect(await refusal(name)).toMatchObject({ status: 409, code: 'model_disabled' });
  });

  test('strangers, before looking at what they say', requirement('BATCH-07', 'SEC-01'), async ({ platformAs }) => {
    expect(await platformAs(undefined).batches.refusal('create', {}, { json: { items: [] } })).toBeProblem(401);
  });

  test('a body past its limit', requirement('BATCH-07'), async ({ batches, modelId }) => {
    const items = [{ input: 'x'.repeat(9 * 1_024 * 1_024) }];
    expect(await batches.refusal('create', {}, { json: { model: modelId, items } })).toBeProblem(413);
  });

  test('not the largest batch that is allowed', requirement('BATCH-07'), async ({ batches, modelId }) => {
    const { body } = await batches.submit(modelId, many(1_000));
    expect(body).toMatchObject({ total: 1_000 });
    expect((await batches.cancel(body.id)).body.status).toBe('cancelled');
  });
});
