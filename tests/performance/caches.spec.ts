import { budgets, expect, expectSpeedup, needs, requirement, loadTest as test } from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: '@slow' };

test('an answer from the cache is several times as fast as an uncached one', {
  ...alone,
  ...requirement('PERF-03', needs('ask.caching', 'documents')),
}, async ({ load, uploadAndWait, sampleDocument, user: { headers } }) => {
  await uploadAndWait(sampleDocument);
  const measure = (title: string, questionOf: (i: number) => string, cached: boolean) =>
    load.users({ title, users: 1, rounds: 14, warmup: 2, headers }, async (http, i) => {
      const answer = await http.post('ask.ask', { question: questionOf(i) });
      expect([answer.status, answer.headers['x-cache']]).toEqual([200, cached ? 'HIT' : 'MISS']);
    });
  const { question } = sampleDocument;
  const uncached = await measure('new questions', (i) => `${question} (${i})`, false);
  await load.users({ title: 'filling the cache', users: 1, rounds: 1, warmup: 0, headers }, (http) =>
    http.post('ask.ask', { question }),
  );
  const cached = await measure('repeated question', () => question, true);
  await expectSpeedup(uncached, cached, ['ask.cachedSpeedup', budgets['ask.cachedSpeedup']]);
});

test('the metrics of the cache match the X-Cache headers, and the hit rate is within its budget', {
  ...alone,
  ...requirement('PERF-14', needs('registry', 'registry.caching', 'metrics', 'started target')),
}, async ({ load, registerModel, watchMetrics, user: { headers } }) => {
  const models = await Promise.all(Array.from({ length: 4 }, () => registerModel()));
  const metrics = await watchMetrics();
  const seen = { HIT: 0, MISS: 0 };
  await load.constant({ title: 'reads of four models', rate: 40, seconds: 3, warmup: 0, headers }, async (http, i) => {
    const answer = await http.get('registry.read', { params: { id: models[i % 4]?.id ?? '' } });
    seen[answer.headers['x-cache'] === 'HIT' ? 'HIT' : 'MISS'] += 1;
  });
  expect(seen.HIT + seen.MISS, 'reads that were answered').toBe(120);
  await expect.poll(() => metrics.increase('cache_hits_total', { cache: 'registry' })).toBe(seen.HIT);
  expect(await metrics.increase('cache_misses_total', { cache: 'registry' })).toBe(seen.MISS);
  // One entry per model and none twice. Entries of other tests live for an hour, so none ends within these seconds.
  const grown = await metrics.increase('cache_entries');
  test.info().annotations.push({ type: 'cache size', description: `${grown} new entries after ${seen.MISS} misses` });
  expect(grown, 'new cache entries after four models were read 30 times each').toBeGreaterThanOrEqual(4);
  expect(grown).toBeLessThanOrEqual(seen.MISS + 1);
  test.info().annotations.push({
    type: 'budget',
    description: `cache.hitRate ${seen.HIT / 120}, at least ${budgets['cache.hitRate']}`,
  });
  expect(seen.HIT / 120, 'hit rate of the cache (budget cache.hitRate)').toBeGreaterThanOrEqual(
    budgets['cache.hitRate'],
  );
});
