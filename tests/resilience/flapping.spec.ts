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

/** The longest that the service waits for anything: what began under a fault is over so long after it. */
const patienceMs = 4_000;
/** Short enough for a fault to outlast some of them, long enough for a busy machine. */
const env = {
  MODEL_TIMEOUT_MS: String(patienceMs),
  DATABASE_CONNECT_TIMEOUT_MS: String(patienceMs),
  DATABASE_STATEMENT_TIMEOUT_MS: '3000',
  BREAKER_RESET_MS: '300',
  BATCH_LEASE_MS: '3000',
  BATCH_MAX_ATTEMPTS: '100',
};
/** A status and a code; of a stream that had begun, a code. */
const clear = /^(50[234]|200) (model|database|statement)_(unavailable|timeout|bad_response|outcome_unknown)$/;

const toxics = {
  'is silent': timeout({ timeout: 0, stream: 'both' }),
  'resets connections': reset_peer(),
  'is slow': latency({ latency: 120, jitter: 80 }),
};
const ways = ['postgres', 'model', 'vectors', 'cache'] as const;
/** Bytes that were altered are not among them: what still parses nobody can tell from the truth. */
const faults = [
  ...ways.flatMap((way) => ['is down', ...Object.keys(toxics)].map((what) => `${way} ${what}`)),
  'model breaks off',
];

const test = base.extend<{ weathers: (schedule: Schedule) => Promise<number> }>({
  /**
   * Plays a schedule of faults over a service: it is wrong in nothing, clear about everything, and whole again after it.
   * Resolves with how many connections the faults touched.
   */
  weathers: async ({ behindLinks, freshDatabase, startOwnTarget, mixture, playFaults, settled }, use, testInfo) => {
    await use(async (schedule) => {
      const platform = await freshDatabase('platform');
      const { links, options } = await behindLinks({ platform: platform.urls.owner });
      const target = await startOwnTarget({ ...options, env });
      const { traffic, kinds, kept } = await mixture(target, platform);
      try {
        await traffic.more(kinds, 60_000);
        const settable = faults.map((name) => {
          const [way, ...rest] = name.split(' ') as [(typeof ways)[number], ...string[]];
          const what = rest.join(' ');
          const set = async () => {
            const link = links[way];
            const toxic = what === 'breaks off' ? limit_data({ bytes: 700 }) : toxics[what as keyof typeof toxics];
            const fault = await (toxic ? link.add(toxic, { mayMiss: true }) : link.down({ mayMiss: true }));
            return () => fault.remove();
          };
          return [name, set] as const;
        });
        await playFaults(schedule, Object.fromEntries(settable), { through: traffic.fault });
        if (schedule.faults.length > 0) {
          // What is lost on a silent way fails late, and may open a breaker that was closed when the fault ended.
          const over = traffic.clock() + patienceMs;
          await traffic.sees('request sent when all that began under a fault is over', ({ sent }) => sent >= over);
          await traffic.recovers({ within: 30_000, streak: 2 * kinds });
        }
        const whole = traffic.clock();
        await traffic.more(kinds, 60_000);
        const { all } = await traffic.stop();

        const unclear = all.samples.filter(
          ({ kind, status, code }) => kind !== 'ok' && !(kind === 'refused' && clear.test(`${status} ${code}`)),
        );
        expect(unclear, 'answers that were wrong, or did not say what was the matter').toEqual([]);
        const later = all.samples.filter(({ sent }) => sent >= whole).map(({ kind }) => kind);
        expect(new Set(later), 'all healed').toEqual(new Set(['ok']));
        await settled({ on: target, databases: [platform], within: 45_000 });
        await kept();
        const touched = await Promise.all(ways.map((way) => links[way].hits()));
        const met = touched.reduce((sum, { connections }) => sum + connections, 0);
        const said = `${schedule.faults.length} set, ${met} connections touched, ${all.samples.length} requests`;
        testInfo.annotations.push({ type: 'faults', description: said });
        return met;
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
  'under steady load while every dependency flaps',
  needs('sql', 'ask', 'chat', 'batch', 'registry'),
  () => {
    test(
      'no answer is wrong, every error is clear, everything heals, and what was acknowledged is kept',
      requirement('RES-18', needs('links', 'cache server', 'started target')),
      async ({ survives, weathers }) => {
        // Where it fails, shorter schedules are tried for a while.
        test.slow();
        let met = 0;
        await survives({ ...options, forMs: 3_500, everyMs: 250, calmMs: 300, shrinkMs: 60_000 }, async (schedule) => {
          met = await weathers(schedule);
        });
        expect(met, 'connections that the faults touched').toBeGreaterThan(0);
      },
    );

    test('for as long as is wanted, nothing of that changes', {
      ...requirement('RES-18', needs('links', 'cache server', 'started target')),
      tag: '@slow',
    }, async ({ survives, weathers, config }) => {
      test.setTimeout(config.PLUMBLINE_FAULTS_MS * 4 + 240_000);
      await survives({ ...options, lasts: [100, 2_500], everyMs: 800 }, weathers);
    });
  },
);
