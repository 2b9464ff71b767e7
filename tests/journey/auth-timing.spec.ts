import { expect, needs, newAccount, requirement, test } from '../../fixtures/index.ts';

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

test(
  'how long a refusal takes does not tell whether there is such a user',
  requirement('AUTH-08', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsOf, freshDatabase, signUp, authOn }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    // At the real cost, which is what gives an early answer away.
    const env = { PASSWORD_MEMORY_KIB: '', PASSWORD_PASSES: '' };
    const { http } = clientsOf(await startOwnTarget({ platform, env }));
    const [auth, user] = [authOn(http), await signUp({}, http)];
    const timed = async (email: string): Promise<number> => {
      const { exchange } = await auth.refusal('login', { json: { email, password: newAccount().password } });
      return (exchange.stamps.headers ?? 0) - (exchange.stamps.sent ?? 0);
    };
    const took = { wrong: [] as number[], unknown: [] as number[] };
    // In turns, so that a machine that grows slower slows both.
    for (let round = 0; round < 7; round++) {
      took.wrong.push(await timed(user.email));
      took.unknown.push(await timed(newAccount().email));
    }
    // Without the work of hashing, a refusal takes a tenth of it.
    const ratio = median(took.unknown) / median(took.wrong);
    expect(ratio, JSON.stringify(took)).toBeGreaterThan(0.4);
    expect(ratio, JSON.stringify(took)).toBeLessThan(2.5);
  },
);
