import { expectBudget, needs, requirement, loadTest as test } from '../../fixtures/index.ts';

/** The service’s default hashing cost. Other tests use a lower one, to be faster. */
const productionHashing = { 'password hash memory': 'default', 'password hash passes': 'default' } as const;
/** One user signs in again and again. */
const manyLogins = { 'login limit': 1_000_000 };

test.describe('logins with production hashing', { lock: '-exclusive-', tag: '@slow' }, () => {
  test(
    'sequential logins with production hashing stay within their budget',
    requirement('PERF-01', needs('auth', 'settings.login limit')),
    async ({ load, startOwnTarget, clientsFor, signUp, settings }) => {
      const hashing = settings.has('password hash memory') ? productionHashing : {};
      const on = await startOwnTarget({ databases: 'fresh', settings: { ...hashing, ...manyLogins } });
      const { email, password } = await signUp({}, clientsFor(on).http);
      const measure = () =>
        load.users({ title: 'logins', on, users: 1, rounds: 40, warmup: 3 }, (http) =>
          http.post('auth.login', { email, password }),
        );
      await expectBudget(measure, 'login');
    },
  );

  test(
    'ten concurrent logins with production hashing stay within their budget',
    requirement('PERF-04', needs('auth', 'settings.login limit')),
    async ({ load, startOwnTarget, clientsFor, signUp, settings }) => {
      const hashing = settings.has('password hash memory') ? productionHashing : {};
      const on = await startOwnTarget({ databases: 'fresh', settings: { ...hashing, ...manyLogins } });
      const { http } = clientsFor(on);
      const users = await Promise.all(Array.from({ length: 10 }, () => signUp({}, http)));
      const measure = () =>
        load.users({ title: 'ten logins at once', on, users: 10, rounds: 6 }, (http, i) => {
          const { email, password } = users[i % 10] ?? users[0] ?? { email: '', password: '' };
          return http.post('auth.login', { email, password });
        });
      await expectBudget(measure, 'logins');
    },
  );
});

test.describe('logins with the configured hashing', { lock: '-exclusive-', tag: '@slow' }, () => {
  test(
    'a few logins of one user stay within their budget',
    requirement('PERF-01', needs('auth', 'auth.tokens')),
    async ({ load, user }) => {
      const { email, password } = user;
      // Only a few, because a service may rightly limit the logins of one user.
      const measure = () =>
        load.users({ title: 'a few logins', users: 1, rounds: 8, warmup: 1 }, (http) =>
          http.post('auth.login', { email, password }),
        );
      await expectBudget(measure, 'login');
    },
  );
});
