import { faultTest as base, expect, needs, requirement, type Schedule } from '../../fixtures/index.ts';

/**
 * The lease is short enough to wait for, the attempts never run out however often the service dies, and a slow boot is
 * not given up.
 */
const env = {
  BATCH_LEASE_MS: '1000',
  BATCH_MAX_ATTEMPTS: '100',
  BATCH_CONCURRENCY: '2',
  DATABASE_CONNECT_TIMEOUT_MS: '20000',
};
const itemsPerBatch = 6;
const prompts = ['Hello, respond briefly', 'Thank you very much!', 'Who are you?', 'Goodbye'];
const killed = 'service killed';

const test = base.extend<{ workSurvivesKills: (schedule: Schedule) => Promise<void> }>({
  /** Sends uploads and batches while the service is killed and restarted, then checks that no accepted work is lost. */
  workSurvivesKills: async (
    {
      freshDatabase,
      startOwnTarget,
      clientsFor,
      signUp,
      documentClientsFor,
      newDocument,
      platformClientsFor,
      modelId,
      steadyTraffic,
      acknowledgedWrites,
      playFaults,
      waitForQuiescence,
      state,
    },
    use,
  ) => {
    await use(async (schedule) => {
      const platform = await freshDatabase('platform');
      const target = await startOwnTarget({ platform: platform.urls.owner, env });
      const { http } = clientsFor(target);
      const user = await signUp({}, http);
      const ledgers = {
        documents: acknowledgedWrites('documents', platform),
        items: acknowledgedWrites('batch items', platform),
      };
      const traffic = await steadyTraffic(
        async (http, n) => {
          if (n % 2 === 0) {
            const file = await newDocument(n % 4 === 0 ? 'text' : 'pdf');
            const { documents } = documentClientsFor(user, http);
            return ledgers.documents.write(file.name, () => documents.upload(file)).then(answered);
          }
          const item = (i: number) => ({ id: `${n}-${i}`, input: prompts[i % prompts.length] ?? '', max_tokens: 12 });
          const batch = Array.from({ length: itemsPerBatch }, (_, i) => item(i));
          const ids = batch.map(({ id }) => id);
          const { batches } = platformClientsFor(user, http);
          return ledgers.items.write(ids, () => batches.submit(modelId, batch)).then(answered);
        },
        { on: target, title: 'uploads and batches', users: 3, pauseMs: 100, timeoutMs: 30_000 },
      );
      try {
        await traffic.waitForRequests(4, 60_000);
        const unfinished: number[] = [];
        let restarted = Promise.resolve();
        const kill = async () => {
          // A restart may last beyond the time of the next kill, which then waits for it.
          const [previous, restarting] = [restarted, Promise.withResolvers<void>()];
          restarted = restarting.promise;
          await previous;
          await target.kill();
          unfinished.push((await state.on(platform).unfinishedWork()).length);
          return () => target.restart().finally(restarting.resolve);
        };
        await playFaults(schedule, { [killed]: kill }, { setFault: traffic.fault });
        if (schedule.faults.length > 0) await traffic.waitForRecovery({ within: 60_000 });
        const { all } = await traffic.stop();
        expect(
          all.outcomes,
          'outcomes of all requests: each should be answered, or cut off by a kill, but none should hang',
        ).not.toHaveProperty('hung');
        if (unfinished.length > 0)
          expect(Math.max(...unfinished), 'accepted jobs and items that were unfinished at a kill').toBeGreaterThan(0);

        await waitForQuiescence({ on: target, databases: [platform], within: 60_000 });
        for (const ledger of Object.values(ledgers)) await ledger.verify();
        const { documents } = documentClientsFor(user, http);
        const accepted = ledgers.documents.attempts.filter(({ fate }) => fate === 'acknowledged');
        for (const { id = '' } of accepted) expect((await documents.read(id)).body.status).toBe('indexed');
        const { batches } = platformClientsFor(user, http);
        const submitted = ledgers.items.attempts.filter(({ fate }) => fate === 'acknowledged').map(({ id }) => id);
        for (const id of new Set(submitted)) {
          const batch = (await batches.read(id ?? '')).body;
          expect(batch).toMatchObject({ status: 'done', total: itemsPerBatch, counts: { done: itemsPerBatch } });
          expect((await batches.results(batch.id)).map(({ index }) => index)).toEqual([...Array(itemsPerBatch).keys()]);
        }
      } finally {
        await traffic.stop();
        await target.stop('SIGKILL');
      }
    });
  },
});

/** A write without an answer counts as a lost request. */
const answered = <T>(answer: T | undefined) => answer ?? { kind: 'lost' as const };

test.describe(
  'service kills during uploads and batches',
  needs('documents', 'batch', 'state.documents', 'state.batch items', 'state.unfinished work', 'started target'),
  () => {
    test.slow();

    test('a service killed at random moments loses no accepted document or batch item and does none twice', {
      ...requirement('RES-20'),
      tag: '@slow',
    }, async ({ runRandomFaults, workSurvivesKills }) => {
      await runRandomFaults(
        { faults: [killed], forMs: 2_600, everyMs: 700, lasts: [50, 200], calmMs: 300 },
        workSurvivesKills,
      );
    });

    test('a service killed again and again for PLUMBLINE_FAULTS_MS loses no accepted document or batch item', {
      ...requirement('RES-20'),
      tag: '@slow',
    }, async ({ runRandomFaults, workSurvivesKills, config }) => {
      test.setTimeout(config.PLUMBLINE_FAULTS_MS * 4 + 240_000);
      await runRandomFaults({ faults: [killed], everyMs: 2_500, lasts: [50, 1_000] }, workSurvivesKills);
    });
  },
);
