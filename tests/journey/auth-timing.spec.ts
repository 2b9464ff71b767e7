import { expect, needs, newAccount, requirement, test } from '../../fixtures/index.ts';

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

test(
  'a refused sign-in takes as long for an unknown user as for a known one',
  requirement('AUTH-08', needs('auth', 'process control')),
  async ({ startOwnTarget, clientsFor, signUp, authClientFor, settings }) => {
    // With the real hashing cost: only then is a refusal without hashing measurably faster.
    const hashing = { 'password hash memory': 'default', 'password hash passes': 'default' } as const;
    const turned = {
      ...(settings.has('password hash memory') && hashing),
      ...(settings.has('login limit') && { 'login limit': 1_000 }),
    };
    const { http } = clientsFor(await startOwnTarget({ databases: 'fresh', settings: turned }));
    const [auth, user] = [authClientFor(http), await signUp({}, http)];
    const timed = async (email: string): Promise<number> => {
      const { exchange, status } = await auth.answer('login', { json: { email, password: newAccount().password } });
      expect([400, 401, 403, 404, 422], `the status of a wrong password, ${status},`).toContain(status);
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
