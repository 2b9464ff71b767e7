import { expect, needs, requirement, test, uniqueName } from '../../fixtures/index.ts';

const validItem = { input: 'Hello', max_tokens: 4 };
const copies = (count: number) => Array.from({ length: count }, () => validItem);

/** What is wrong, the items, and the field that the error must name. */
const invalid: readonly (readonly [string, unknown, string])[] = [
  ['an empty list of items', [], 'items'],
  ['items that are not a list', validItem, 'items'],
  ['no items field', undefined, 'items'],
  ['1,001 items', copies(1_001), 'items'],
  [
    'a duplicate item id',
    [
      { id: 'a', ...validItem },
      { id: 'b', ...validItem },
      { id: 'a', ...validItem },
    ],
    'items.2.id',
  ],
  [
    'an item id that equals the position of an item without an id',
    [{ id: '1', ...validItem }, validItem],
    'items.1.id',
  ],
  ['an empty item id', [{ id: '', ...validItem }], 'items.0.id'],
  ['an item id of 101 characters', [{ id: 'i'.repeat(101), ...validItem }], 'items.0.id'],
  ['an item that has no prompt', [validItem, { id: 'empty' }], 'items.1.input'],
  [
    'an item that has two prompts',
    [validItem, { ...validItem, messages: [{ role: 'user', content: 'Hi' }] }],
    'items.1.input',
  ],
  ['an item whose prompt is empty', [validItem, validItem, { input: '' }], 'items.2.input'],
  ['an item whose max_tokens is 0', [{ ...validItem, max_tokens: 0 }], 'items.0.max_tokens'],
  ['an item that has an unknown field', [{ ...validItem, prompt: 'Hi' }], 'items.0.prompt'],
];

test.describe('batch validation', needs('batch'), () => {
  for (const [what, items, field] of invalid) {
    test(
      `a batch with ${what} is refused with 422, naming "${field}", and nothing is stored`,
      requirement('BATCH-07'),
      async ({ batches, modelId, user, databases, query }) => {
        const refused = await batches.refusal('create', {}, { json: { model: modelId, items } });
        expect(refused).toBeProblem(422, field);
        expect((refused.body['errors'] as { field: string }[]).map((error) => error.field)).toContain(field);
        const stored = await query(databases.platform.urls.owner, 'SELECT 1 FROM batches WHERE owner = $1', [user.id]);
        expect(stored).toEqual([]);
      },
    );
  }

  test(
    'a batch for an unknown model is refused with 404, and for a disabled model with 409',
    requirement('BATCH-07'),
    async ({ batches, registerModel }) => {
      const { name } = await registerModel({ status: 'disabled' });
      const refusal = async (model: string) =>
        (await batches.refusal('create', {}, { json: { model, items: copies(1) } })).body;
      expect(await refusal(uniqueName('nobody'))).toMatchObject({ status: 404, code: 'unknown_model' });
      expect(await refusal(name)).toMatchObject({ status: 409, code: 'model_disabled' });
    },
  );

  test(
    'a batch without credentials is refused with 401 before its items are validated',
    requirement('BATCH-07', 'SEC-01'),
    async ({ platformClientsFor }) => {
      expect(await platformClientsFor(undefined).batches.refusal('create', {}, { json: { items: [] } })).toBeProblem(
        401,
      );
    },
  );

  test('a batch of 9 MiB is refused with 413', requirement('BATCH-07'), async ({ batches, modelId }) => {
    const items = [{ input: 'x'.repeat(9 * 1_024 * 1_024) }];
    expect(await batches.refusal('create', {}, { json: { model: modelId, items } })).toBeProblem(413);
  });

  test(
    'the largest allowed batch, of 1,000 items, is accepted and can be cancelled',
    requirement('BATCH-07'),
    async ({ batches, modelId }) => {
      const { body } = await batches.submit(modelId, copies(1_000));
      expect(body).toMatchObject({ total: 1_000 });
      expect((await batches.cancel(body.id)).body.status).toBe('cancelled');
    },
  );
});
