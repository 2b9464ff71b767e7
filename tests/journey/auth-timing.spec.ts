import { expect, needs, newAccount, requirement, test } from '../../fixtures/index.ts';

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

test(
  'a refused sign-in takes as long for an unknown user as for a known one',
  requirement('AUTH-08', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, signUp, authClientFor }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    // With the real hashing cost: only then is a refusal without hashing measurably faster.
    const settings = { 'password hash memory': 'default', 'password hash passes': 'default' } as const;
    const { http } = clientsFor(await startOwnTarget({ platform, settings }));
    const [auth, user] = [authClientFor(http), await signUp({}, http)];
    const timed = async (email: string): Promise<number> => {
      const { exchange } = await auth.refusal('login', { json: { email, password: newAccount().password } });
      return (exchange.stamps.headers ?? 0) - (exchange.stamps.sent ?? 0);
    };
    const durations = { wrong: [] as number[], unknown: [] as number[] };
    // Alternating, so that a machine that slows down affects both kinds of refusal.
    for (let round = 0; round < 7; round++) {
      durations.wrong.push(await timed(user.email));
      durations.unknown.push(await timed(newAccount().email));
    }
    // A refusal that skips the hashing takes a tenth of the time.
    const shown = `median time for unknown users / for wrong passwords, of these in ms: ${JSON.stringify(durations)}`;
    const ratio = median(durations.unknown) / median(durations.wrong);
    expect(ratio, shown).toBeGreaterThan(0.4);
    expect(ratio, shown).toBeLessThan(2.5);
  },
);
