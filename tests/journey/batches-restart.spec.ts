import { expect, lies, needs, requirement, spareSettings, faultTest as test } from '../../fixtures/index.ts';

const prompts = ['Hello, respond briefly', 'Thank you very much!', 'Who are you?', 'Goodbye'];
const items = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `item-${index}`,
    input: prompts[index % prompts.length] ?? '',
    max_tokens: 24,
  }));

/** The lease is short enough to wait for, and far longer than any pause of a busy machine. */
const settings = { 'batch concurrency': 2, 'batch lease': 4_000 };
const total = 12;
const answeredFirst = 5;

const doneSql = `SELECT position, attempts, finished_at, result FROM batch_items
  WHERE batch_id = $1 AND state = 'done' ORDER BY position`;
const statesSql = 'SELECT state, attempts FROM batch_items WHERE batch_id = $1';

test.describe('batches across restarts and services', needs('batch', 'started target'), () => {
  // Each test boots two services, and some wait for a lease to expire.
  test.slow();

  for (const signal of ['SIGKILL', 'SIGTERM'] as const)
    test(
      `after ${signal} in the middle of a batch, a new service finishes it without losing or repeating an item`,
      requirement('BATCH-08', 'RES-20'),
      async ({
        startOwnTarget,
        clientsFor,
        freshDatabase,
        startUpstream,
        platformClientsFor,
        signUp,
        modelId,
        query,
      }) => {
        const platform = (await freshDatabase('platform')).urls.owner;
        // The model answers the first calls and then hangs, so that the signal arrives in the middle of the batch.
        const upstream = await startUpstream();
        const silence = upstream.lie(lies.silence(), { path: '/v1/chat/completions', from: answeredFirst + 1 });
        const first = await startOwnTarget({ platform, settings, model: { url: upstream.url } });
        const http = clientsFor(first).http;
        const user = await signUp({}, http);
        const firstBatches = platformClientsFor(user, http).batches;
        const { id } = (await firstBatches.submit(modelId, items(total))).body;
        await firstBatches.watch(id, ({ counts }) => counts.done === answeredFirst && counts.running > 0);
        // An item counts as running a moment before its call reaches the model server.
        await expect.poll(() => silence.answered(), 'calls that hang').toBeGreaterThan(0);
        const code = await first.stop(signal);
        if (signal === 'SIGTERM') expect(code).toBe(0);

        const done = await query(platform, doneSql, [id]);
        expect(done).toHaveLength(answeredFirst);
        const states = await query(platform, statesSql, [id]);
        const interrupted = states.filter(({ state }) => state === 'running').length;
        const untouched = states.filter(({ state, attempts }) => state === 'queued' && attempts === 0).length;
        if (signal === 'SIGKILL')
          expect(interrupted, 'items that were running when the service was killed').toBeGreaterThan(0);
        else expect(untouched, 'items returned to the queue without counting an attempt').toBe(total - answeredFirst);

        const secondBatches = platformClientsFor(
          user,
          clientsFor(await startOwnTarget({ platform, settings })).http,
        ).batches;
        expect((await secondBatches.watch(id)).at(-1)).toMatchObject({ status: 'done', counts: { done: total } });
        const results = await secondBatches.results(id);
        expect(results.map(({ id, status }) => [id, status])).toEqual(items(total).map(({ id }) => [id, 'done']));
        expect(
          await query(platform, doneSql, [id]),
          'the items that were done before the restart must not be processed again',
        ).toEqual(expect.arrayContaining(done));
        const attempts = results.reduce((sum, result) => sum + result.attempts, 0);
        // An item that was running at the kill counts as an attempt; one that a stopping service returns does not.
        expect(attempts).toBe(total + interrupted);
        const ok = `SELECT count(*)::int AS calls FROM inferences WHERE purpose = 'batch' AND status = 'ok'`;
        expect(await query(platform, ok), 'successful calls to the model').toEqual([{ calls: total }]);
      },
    );

  test(
    'two services on one database share the work of a batch, and no item is processed twice',
    requirement('BATCH-08'),
    async ({
      targetWithScriptedModel,
      startOwnTarget,
      clientsFor,
      startUpstream,
      platformClientsFor,
      signUp,
      modelId,
      query,
      watchMetrics,
    }) => {
      const platform = targetWithScriptedModel.platform.urls.owner;
      // The model answers at once, so that both services compete for the next items as often as possible.
      const [upstream, count] = [await startUpstream(), 200];
      for (const one of [upstream, targetWithScriptedModel.upstream]) one.lie(lies.says('at once'));
      const one = clientsFor(targetWithScriptedModel);
      const other = clientsFor(
        await startOwnTarget({ platform, model: { url: upstream.url }, settings: spareSettings }),
      );
      const user = await signUp({}, one.http);
      const metrics = [await watchMetrics(one.operations), await watchMetrics(other.operations)];
      const { id } = (await platformClientsFor(user, one.http).batches.submit(modelId, items(count))).body;
      const states = await platformClientsFor(user, other.http).batches.watch(id);
      expect(states.at(-1)).toMatchObject({ status: 'done', counts: { done: count } });
      expect(await query(platform, 'SELECT DISTINCT attempts FROM batch_items WHERE batch_id = $1', [id])).toEqual([
        { attempts: 1 },
      ]);
      const increases = () =>
        Promise.all(metrics.map((each) => each.increase('batch_items_total', { outcome: 'done' })));
      await expect.poll(async () => (await increases()).reduce((sum, share) => sum + share, 0)).toBe(count);
      for (const share of await increases()) expect(share, 'items that each service processed').toBeGreaterThan(0);
      const finished = await Promise.all(metrics.map((each) => each.increase('batches_total', { outcome: 'done' })));
      expect(finished.reduce((sum, share) => sum + share, 0)).toBe(1);
    },
  );

  test(
    'cancelling a batch through one service also stops it in another service on the same database',
    requirement('BATCH-04'),
    async ({ spareTarget, startOwnTarget, clientsFor, platformClientsFor, signUp, modelId, query }) => {
      const platform = spareTarget.platform.urls.owner;
      const one = clientsFor(await startOwnTarget({ platform, settings })).http;
      const other = clientsFor(spareTarget).http;
      const user = await signUp({}, one);
      const { id } = (await platformClientsFor(user, one).batches.submit(modelId, items(300))).body;
      await platformClientsFor(user, one).batches.watch(id, ({ counts }) => counts.done > 1);
      const cancelled = (await platformClientsFor(user, other).batches.cancel(id)).body;
      expect(cancelled).toMatchObject({ status: 'cancelled', counts: { queued: 0, running: 0 } });
      const after = await platformClientsFor(user, one).batches.submit(modelId, items(8));
      await platformClientsFor(user, one).batches.watch(after.body.id);
      expect((await platformClientsFor(user, one).batches.read(id)).body).toEqual(cancelled);
      expect(
        await query(platform, `SELECT 1 FROM batch_items WHERE batch_id = $1 AND worker IS NOT NULL`, [id]),
      ).toEqual([]);
    },
  );
});
