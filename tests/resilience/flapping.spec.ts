import {
  faultTest as base,
  expect,
  latency,
  limit_data,
  needs,
  requirement,
  reset_peer,
  type Schedule,
  timeout,
} from '../../fixtures/index.ts';

/** The longest time that the service waits for anything; within it, work that met a fault has ended. */
const longestTimeoutMs = 4_000;
/** These limits are short enough for some faults to outlast them, and long enough for a busy machine. */
const env = {
  MODEL_TIMEOUT_MS: String(longestTimeoutMs),
  DATABASE_CONNECT_TIMEOUT_MS: String(longestTimeoutMs),
  DATABASE_STATEMENT_TIMEOUT_MS: '3000',
  BREAKER_RESET_MS: '300',
  BATCH_LEASE_MS: '3000',
  BATCH_MAX_ATTEMPTS: '100',
};
/** A status and an error code. A stream that had started has status 200 and ends with an error code. */
const clearError = /^(50[234]|200) (model|database|statement)_(unavailable|timeout|bad_response|outcome_unknown)$/;

const toxics = {
  'is silent': timeout({ timeout: 0, stream: 'both' }),
  'resets connections': reset_peer(),
  'is slow': latency({ latency: 120, jitter: 80 }),
};
const dependencies = ['postgres', 'model', 'vectors', 'cache'] as const;
/** Corrupted bytes are not among the faults: where they still parse, the service cannot notice. */
const faults = [
  ...dependencies.flatMap((name) => ['is down', ...Object.keys(toxics)].map((fault) => `${name} ${fault}`)),
  'model breaks off',
];

const test = base.extend<{ withstands: (schedule: Schedule) => Promise<number> }>({
  /**
   * Plays a schedule of faults under load, and checks that no answer was wrong, that every error was clear, and that
   * everything works again afterwards. Resolves with the number of connections that the faults affected.
   */
  withstands: async (
    { createLinks, freshDatabase, startOwnTarget, startMixedWorkload, playFaults, waitForQuiescence },
    use,
    testInfo,
  ) => {
    await use(async (schedule) => {
      const platform = await freshDatabase('platform');
      const { links, options } = await createLinks({ platform: platform.urls.owner });
      const target = await startOwnTarget({ ...options, env });
      const { traffic, kinds, reconcile } = await startMixedWorkload(target, platform);
      try {
        await traffic.waitForRequests(kinds, 60_000);
        const settable = faults.map((name) => {
          const [dependency, ...rest] = name.split(' ') as [(typeof dependencies)[number], ...string[]];
          const effect = rest.join(' ');
          const set = async () => {
            const link = links[dependency];
            const toxic = effect === 'breaks off' ? limit_data({ bytes: 700 }) : toxics[effect as keyof typeof toxics];
            const fault = await (toxic ? link.add(toxic, { mayMiss: true }) : link.down({ mayMiss: true }));
            return () => fault.remove();
          };
          return [name, set] as const;
        });
        await playFaults(schedule, Object.fromEntries(settable), { setFault: traffic.fault });
        if (schedule.faults.length > 0) {
          // A request lost on a silent link fails late, and may open a breaker that was closed when the fault ended.
          const faultsOver = traffic.clock() + longestTimeoutMs;
          await traffic.waitForSample(
            'request sent after the timeouts of all requests that met a fault',
            ({ sent }) => sent >= faultsOver,
          );
          await traffic.waitForRecovery({ within: 30_000, streak: 2 * kinds });
        }
        const healedAt = traffic.clock();
        await traffic.waitForRequests(kinds, 60_000);
        const { all } = await traffic.stop();

        const unclear = all.samples.filter(
          ({ kind, status, code }) => kind !== 'ok' && !(kind === 'refused' && clearError.test(`${status} ${code}`)),
        );
        expect(unclear, 'answers that were wrong or did not name a clear error').toEqual([]);
        const outcomesAfter = all.samples.filter(({ sent }) => sent >= healedAt).map(({ kind }) => kind);
        expect(new Set(outcomesAfter), 'outcomes of requests sent after all faults were healed').toEqual(
          new Set(['ok']),
        );
        await waitForQuiescence({ on: target, databases: [platform], within: 45_000 });
        await reconcile();
        const hits = await Promise.all(dependencies.map((name) => links[name].hits()));
        const affected = hits.reduce((sum, { connections }) => sum + connections, 0);
        const description = `${schedule.faults.length} set, ${affected} connections affected, ${all.samples.length} requests`;
        testInfo.annotations.push({ type: 'faults', description });
        return affected;
      } finally {
        await traffic.stop();
        await links.heal();
        await target.stop('SIGKILL');
      }
    });
  },
});

const options = { faults, lasts: [200, 900] } as const;

test.describe(
  'steady load while every dependency flaps',
  needs('sql', 'ask', 'chat', 'batch', 'registry', 'state.models', 'state.batch items'),
  () => {
    test(
      'while every dependency flaps, no answer is wrong, every error is clear, and no acknowledged write is lost',
      requirement('RES-18', needs('links', 'cache server', 'started target')),
      async ({ runRandomFaults, withstands }) => {
        // When a schedule fails, shorter ones are tried for up to a minute.
        test.slow();
        let affected = 0;
        await runRandomFaults(
          { ...options, forMs: 3_500, everyMs: 250, calmMs: 300, shrinkMs: 60_000 },
          async (schedule) => {
            affected = await withstands(schedule);
          },
        );
        expect(affected, 'connections that the faults affected').toBeGreaterThan(0);
      },
    );

    test('while dependencies flap for PLUMBLINE_FAULTS_MS, answers stay right, errors clear, and writes reconcile', {
      ...requirement('RES-18', needs('links', 'cache server', 'started target')),
      tag: '@slow',
    }, async ({ runRandomFaults, withstands, config }) => {
      test.setTimeout(config.PLUMBLINE_FAULTS_MS * 4 + 240_000);
      await runRandomFaults({ ...options, lasts: [100, 2_500], everyMs: 800 }, withstands);
    });
  },
);
