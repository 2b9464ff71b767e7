import { expect, test } from '../../../fixtures/index.ts';

test('five thousand sample documents all have different names', async ({ newDocument }) => {
  const files = await Promise.all(Array.from({ length: 5_000 }, () => newDocument('text')));
  const names = files.map(({ name }) => name);
  const shared = names.filter((name, index) => names.indexOf(name) < index);
  expect(shared, 'names of more than one document: make the random part of the names longer').toEqual([]);
});
