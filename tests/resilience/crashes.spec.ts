import { faultTest as base, expect, needs, requirement, type Schedule } from '../../fixtures/index.ts';

/** A lease short enough to wait for; nobody is tried too often, however often the service dies; boots may be slow. */
const env = {
  BATCH_LEASE_MS: '1000',
  BATCH_MAX_ATTEMPTS: '100',
  BATCH_CONCURRENCY: '2',
  DATABASE_CONNECT_TIMEOUT_MS: '20000',
};
const items = 6;
const prompts = ['Hello, respond briefly', 'Thank you very much!', 'Who are you?', 'Goodbye'];
const killed = 'service killed';

const underWay = `SELECT (SELECT count(*) FROM jobs WHERE state IN ('queued', 'active'))
  + (SELECT count(*) FROM batch_items WHERE state IN ('queued', 'running')) AS n`;

const test = base.extend<{ outlives: (schedule: Schedule) => Promise<void> }>({
  /** Uploads and batches go on while their service is killed and started again, on the database that it had. */
  outlives: async (
    {
      freshDatabase,
      startOwnTarget,
      clientsOf,
      signUp,
      knowledgeOf,
      newDocument,
      platformAs,
      modelId,
      steady,
      acknowledgedWrites,
      playFaults,
      settled,
      query,
    },
    use,
  ) => {
    await use(async (schedule) => {
      const platform = await freshDatabase('platform');
      const target = await startOwnTarget({ platform: platform.urls.owner, env });
      const { http } = clientsOf(target);
      const user = await signUp({}, http);
      const ledgers = {
        documents: acknowledgedWrites('documents', platform),
        items: acknowledgedWrites('batch items', platform),
      };
      const traffic = await steady(
        async ({ http, n }) => {
          if (n % 2 === 0) {
            const file = await newDocument(n % 4 === 0 ? 'text' : 'pdf');
            const { documents } = knowledgeOf(user, http);
            return ledgers.documents.write(file.name, () => documents.upload(file)).then(answered);
          }
          const prompt = (i: number) => ({ id: `${n}-${i}`, input: prompts[i % prompts.length] ?? '', max_tokens: 12 });
          const batch = Array.from({ length: items }, (_, i) => prompt(i));
          const ids = batch.map(({ id }) => id);
          const { batches } = platformAs(user, http);
          return ledgers.items.write(ids, () => batches.submit(modelId, batch)).then(answered);
        },
        { on: target, title: 'uploads and batches', users: 3, pauseMs: 100, timeoutMs: 30_000 },
      );
      try {
        await traffic.more(4, 60_000);
        const interrupted: number[] = [];
        let up = Promise.resolve();
        const kill = async () => {
          // Dying and starting take as long as they take; the next moment may have come before.
          const [before, back] = [up, Promise.withResolvers<void>()];
          up = back.promise;
          await before;
          await target.kill();
          interrupted.push(Number((await query(platform.urls.owner, underWay))[0]?.['n']));
          return () => target.restart().finally(back.resolve);
        };
        await playFaults(schedule, { [killed]: kill }, { through: traffic.fault });
        if (schedule.faults.length > 0) await traffic.recovers({ within: 60_000 });
        const { all } = await traffic.stop();
        expect(all.outcomes, 'every request is answered, or cut off with its service').not.toHaveProperty('hung');
        if (interrupted.length > 0)
          expect(Math.max(...interrupted), 'accepted and not done, when it was killed').toBeGreaterThan(0);

        await settled({ on: target, databases: [platform], within: 60_000 });
        for (const ledger of Object.values(ledgers)) await ledger.verify();
        const { documents } = knowledgeOf(user, http);
        const accepted = ledgers.documents.attempts.filter(({ fate }) => fate === 'acknowledged');
        for (const { id = '' } of accepted) expect((await documents.read(id)).body.status).toBe('indexed');
        const { batches } = platformAs(user, http);
        const submitted = ledgers.items.attempts.filter(({ fate }) => fate === 'acknowledged').map(({ id }) => id);
        for (const id of new Set(submitted)) {
          const batch = (await batches.read(id ?? '')).body;
          expect(batch).toMatchObject({ status: 'done', total: items, counts: { done: items } });
          expect((await batches.results(batch.id)).map(({ index }) => index)).toEqual([...Array(items).keys()]);
        }
      } finally {
        await traffic.stop();
        await target.stop('SIGKILL');
      }
    });
  },
});

/** A write without an answer is a request that was lost. */
const answered = <T>(answer: T | undefined) => answer ?? { kind: 'lost' as const };

test.describe('a service that is killed while it takes work in', needs('documents', 'batch', 'started target'), () => {
  test.slow();

  test('once and again, at random moments, loses no document and no item that it accepted, and does none twice', {
    ...requirement('RES-20'),
    tag: '@slow',
  }, async ({ survives, outlives }) => {
    await survives({ faults: [killed], forMs: 2_600, everyMs: 700, lasts: [50, 200], calmMs: 300 }, outlives);
  });

  test('again and again, for as long as is wanted, loses nothing that it accepted', {
    ...requirement('RES-20'),
    tag: '@slow',
  }, async ({ survives, outlives, config }) => {
    test.setTimeout(config.PLUMBLINE_FAULTS_MS * 4 + 240_000);
    await survives({ faults: [killed], everyMs: 2_500, lasts: [50, 1_000] }, outlives);
  });
});
