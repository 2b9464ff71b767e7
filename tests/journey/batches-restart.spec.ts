import { expect, needs, requirement, spareSettings, test } from '../../fixtures/index.ts';

const prompts = ['Hello, respond briefly', 'Thank you very much!', 'Who are you?', 'Goodbye'];
const items = (many: number) =>
  Array.from({ length: many }, (_, index) => ({
    id: `item-${index}`,
    input: prompts[index % prompts.length] ?? '',
    max_tokens: 24,
  }));

/** A lease short enough to wait for, and far above any pause. */
const env = { BATCH_CONCURRENCY: '2', BATCH_LEASE_MS: '4000' };
const many = 12;
const early = 5;

const doneSql = `SELECT position, attempts, finished_at, result FROM batch_items
  WHERE batch_id = $1 AND state = 'done' ORDER BY position`;
const statesSql = 'SELECT state, attempts FROM batch_items WHERE batch_id = $1';

test.describe('a batch outlives its service', needs('batch', 'started target'), () => {
  // Two boots and a lease each.
  test.slow();

  for (const signal of ['SIGKILL', 'SIGTERM'] as const)
    test(
      `${signal} in the middle of a batch loses no item and repeats none`,
      requirement('BATCH-08', 'RES-20'),
      async ({ startOwnTarget, clientsOf, freshDatabase, lyingModel, platformAs, signUp, modelId, query }) => {
        const platform = (await freshDatabase('platform')).urls.owner;
        // The model answers the first few and then no more, so that the end comes in the middle on any machine.
        const silent = Promise.withResolvers<string>();
        const hop = await lyingModel((_, call) => (call < early ? undefined : silent.promise));
        const first = await startOwnTarget({ platform, env, model: { url: hop.url } });
        const http = clientsOf(first).http;
        const user = await signUp({}, http);
        const before = platformAs(user, http).batches;
        const { id } = (await before.submit(modelId, items(many))).body;
        await before.watch(id, ({ counts }) => counts.done === early && counts.running > 0);
        const code = await first.stop(signal);
        silent.resolve('too late');
        if (signal === 'SIGTERM') expect(code).toBe(0);

        const done = await query(platform, doneSql, [id]);
        expect(done).toHaveLength(early);
        const left = await query(platform, statesSql, [id]);
        const cutShort = left.filter(({ state }) => state === 'running').length;
        const untouched = left.filter(({ state, attempts }) => state === 'queued' && attempts === 0).length;
        if (signal === 'SIGKILL') expect(cutShort, 'killed while at some').toBeGreaterThan(0);
        else expect(untouched, 'handed back as if never begun').toBe(many - early);

        const after = platformAs(user, clientsOf(await startOwnTarget({ platform, env })).http).batches;
        expect((await after.watch(id)).at(-1)).toMatchObject({ status: 'done', counts: { done: many } });
        const results = await after.results(id);
        expect(results.map(({ id, status }) => [id, status])).toEqual(items(many).map(({ id }) => [id, 'done']));
        expect(await query(platform, doneSql, [id]), 'what was done is not done again').toEqual(
          expect.arrayContaining(done),
        );
        const tries = results.reduce((sum, { attempts }) => sum + attempts, 0);
        // What the killed service was at counts as tried; what a stopping one hands back does not.
        expect(tries).toBe(many + cutShort);
        const ok = `SELECT count(*)::int AS calls FROM inferences WHERE purpose = 'batch' AND status = 'ok'`;
        expect(await query(platform, ok), 'calls to the model that came to an end').toEqual([{ calls: many }]);
      },
    );

  test(
    'two services on one database share a batch, and no item is done twice',
    requirement('BATCH-08'),
    async ({
      misledTarget,
      spareTarget,
      startOwnTarget,
      clientsOf,
      lyingModel,
      platformAs,
      signUp,
      modelId,
      query,
      meter,
    }) => {
      const platform = spareTarget.platform.urls.owner;
      // A model that answers at once: the more they are after the next items, the more often they meet.
      const [hop, shared] = [await lyingModel(() => 'at once'), 200];
      const one = clientsOf(misledTarget(() => 'at once'));
      const other = clientsOf(await startOwnTarget({ platform, model: { url: hop.url }, env: spareSettings }));
      const user = await signUp({}, one.http);
      const meters = [await meter(one.operations), await meter(other.operations)];
      const { id } = (await platformAs(user, one.http).batches.submit(modelId, items(shared))).body;
      const seen = await platformAs(user, other.http).batches.watch(id);
      expect(seen.at(-1)).toMatchObject({ status: 'done', counts: { done: shared } });
      expect(await query(platform, 'SELECT DISTINCT attempts FROM batch_items WHERE batch_id = $1', [id])).toEqual([
        { attempts: 1 },
      ]);
      const moved = () => Promise.all(meters.map((each) => each.moved('batch_items_total', { outcome: 'done' })));
      await expect.poll(async () => (await moved()).reduce((sum, share) => sum + share, 0)).toBe(shared);
      for (const share of await moved()) expect(share, 'items that each of them did').toBeGreaterThan(0);
      const finished = await Promise.all(meters.map((each) => each.moved('batches_total', { outcome: 'done' })));
      expect(finished.reduce((sum, share) => sum + share, 0)).toBe(1);
    },
  );

  test(
    'a batch that is cancelled through one service stops in the other',
    requirement('BATCH-04'),
    async ({ spareTarget, startOwnTarget, clientsOf, platformAs, signUp, modelId, query }) => {
      const platform = spareTarget.platform.urls.owner;
      const one = clientsOf(await startOwnTarget({ platform, env })).http;
      const other = clientsOf(spareTarget).http;
      const user = await signUp({}, one);
      const { id } = (await platformAs(user, one).batches.submit(modelId, items(300))).body;
      await platformAs(user, one).batches.watch(id, ({ counts }) => counts.done > 1);
      const cancelled = (await platformAs(user, other).batches.cancel(id)).body;
      expect(cancelled).toMatchObject({ status: 'cancelled', counts: { queued: 0, running: 0 } });
      const after = await platformAs(user, one).batches.submit(modelId, items(8));
      await platformAs(user, one).batches.watch(after.body.id);
      expect((await platformAs(user, one).batches.read(id)).body).toEqual(cancelled);
      expect(
        await query(platform, `SELECT 1 FROM batch_items WHERE batch_id = $1 AND worker IS NOT NULL`, [id]),
      ).toEqual([]);
    },
  );
});
