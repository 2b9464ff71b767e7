import { expect, test } from '../../../fixtures/index.ts';

test('no two of five thousand sample documents have one name', async ({ newDocument }) => {
  const files = await Promise.all(Array.from({ length: 5_000 }, () => newDocument('text')));
  const names = files.map(({ name }) => name);
  const shared = names.filter((name, index) => names.indexOf(name) < index);
  expect(shared, 'names of more than one document: what tells uploads apart must be random enough').toEqual([]);
});
