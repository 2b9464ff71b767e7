import { expect, expectBudget, needs, requirement, loadTest as test } from '../../fixtures/index.ts';

const alone = { lock: '-exclusive-', tag: '@slow' };

test.describe('registry reads', { ...alone, ...needs('registry', 'registry.caching') }, () => {
  test(
    'cached reads of the registry stay within their budget',
    requirement('PERF-09'),
    async ({ load, registerModel, user: { headers } }) => {
      const { id } = await registerModel();
      const measure = () =>
        load.constant({ title: 'cached reads', rate: 50, seconds: 2, headers }, async (http) => {
          const { status, headers } = await http.get('registry.read', { params: { id } });
          // Only the very first read misses the cache.
          expect([status, headers['x-cache']]).toEqual([200, expect.stringMatching(/HIT|MISS/)]);
        });
      await expectBudget(measure, 'registryCached');
    },
  );

  test(
    'uncached reads of the registry stay within their budget',
    requirement('PERF-09'),
    async ({ load, registerModel, user: { headers } }) => {
      const warmup = 3;
      const options = { title: 'uncached reads', users: 1, rounds: 60, warmup, headers };
      const measure = async () => {
        const models = await Promise.all(Array.from({ length: 60 + warmup }, () => registerModel()));
        // The first read of each model misses the cache.
        return load.users(options, async (http, i) => {
          const { status, headers } = await http.get('registry.read', { params: { id: models[i]?.id ?? '' } });
          expect([status, headers['x-cache']]).toEqual([200, 'MISS']);
        });
      };
      await expectBudget(measure, 'registry');
    },
  );
});
