import { expect, test } from '../../fixtures/index.ts';

test('no two of five thousand sample documents have one name', async ({ newDocument }) => {
  const files = await Promise.all(Array.from({ length: 5_000 }, () => newDocument('text')));
  expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
});
