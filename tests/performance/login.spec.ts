import { expectBudget, needs, requirement, loadTest as test } from '../../fixtures/index.ts';

/** The service’s own cost of a password hash, which other tests are spared. */
const realHashing = { PASSWORD_MEMORY_KIB: '', PASSWORD_PASSES: '' };

test.describe('logins that cost what they cost in production', { lock: '-exclusive-', tag: '@slow' }, () => {
  test(
    'one after the other they take their budget',
    requirement('PERF-01', needs('auth', 'started target')),
    async ({ load, startOwnTarget, databases, clientsOf, signUp }) => {
      const on = await startOwnTarget({ platform: databases.platform.urls.owner, env: realHashing });
      const { email, password } = await signUp({}, clientsOf(on).http);
      const measure = () =>
        load.users({ title: 'logins', on, users: 1, rounds: 40, warmup: 3 }, (http) =>
          http.post('auth.login', { email, password }),
        );
      await expectBudget(measure, 'login');
    },
  );

  test(
    'ten at once take theirs',
    requirement('PERF-04', needs('auth', 'started target')),
    async ({ load, startOwnTarget, databases, clientsOf, signUp }) => {
      const on = await startOwnTarget({ platform: databases.platform.urls.owner, env: realHashing });
      const { http: own } = clientsOf(on);
      const users = await Promise.all(Array.from({ length: 10 }, () => signUp({}, own)));
      const measure = () =>
        load.users({ title: 'ten logins at once', on, users: 10, rounds: 6 }, (http, i) => {
          const { email, password } = users[i % 10] ?? users[0] ?? { email: '', password: '' };
          return http.post('auth.login', { email, password });
        });
      await expectBudget(measure, 'logins');
    },
  );
});

test.describe('logins of somebody’s own service', { lock: '-exclusive-', tag: '@slow' }, () => {
  test('a few logins of one user take their budget', requirement('PERF-01', needs('auth')), async ({ load, user }) => {
    const { email, password } = user;
    // Few: a service rightly refuses one who signs in again and again.
    const measure = () =>
      load.users({ title: 'a few logins', users: 1, rounds: 8, warmup: 1 }, (http) =>
        http.post('auth.login', { email, password }),
      );
    await expectBudget(measure, 'login');
  });
});
