import {
  expect,
  isReference,
  needs,
  newAccount,
  type Profile,
  requirement,
  setCookiesOf,
  test,
} from '../../fixtures/index.ts';

/**
 * Expects the status of a refusal: this very one where the service has part `refusals`, any other 3xx or 4xx elsewhere:
 * some answer 403, some send to the page where one signs in.
 */
function expectRefusal(profile: Profile, status: number | undefined, exact: number, what: string): void {
  if (profile.capability('auth').lacks('refusals')) expect(`${status}`, what).toMatch(/^[34]\d\d$/);
  else expect(status, what).toBe(exact);
}

// Of any service with accounts, whatever its sessions are: tokens, cookies, keys.
test.describe('accounts of any kind', needs('auth'), () => {
  test(
    'a new account is signed in, and its session opens what is closed without one',
    requirement('AUTH-01', 'AUTH-03', 'SEC-01', needs('auth.me')),
    async ({ signUp, whoIs, profile }) => {
      const user = await signUp();
      const { status, text } = await whoIs(user);
      expect(status, text).toBe(200);
      expect(text.toLowerCase(), 'who the service says that the user is').toContain(user.email);
      expectRefusal(profile, (await whoIs({ headers: {} })).status, 401, 'without a session');
    },
  );

  test(
    'a user signs in again with the password, in a session of its own',
    requirement('AUTH-02', 'AUTH-03', needs('auth.me')),
    async ({ user, signIn, whoIs }) => {
      const again = await signIn(user);
      expect(again.headers).not.toEqual(user.headers);
      expect((await whoIs(again)).text.toLowerCase()).toContain(user.email);
      expect((await whoIs(user)).status, 'the first session').toBe(200);
    },
  );

  test(
    'a session that was signed out is refused, and the user can sign in again',
    requirement('AUTH-05', 'AUTH-06', needs('auth.me', 'auth.signOut')),
    async ({ user, signIn, signOut, whoIs, profile }) => {
      await signOut(user);
      expectRefusal(profile, (await whoIs(user)).status, 401, 'the session that was signed out');
      expect((await whoIs(await signIn(user))).status).toBe(200);
    },
  );

  test(
    'signing one session out leaves the other sessions of the user, and those of others, alive',
    requirement('AUTH-13', needs('auth.me', 'auth.signOut')),
    async ({ user, signIn, signUp, signOut, whoIs }) => {
      const [other, stranger] = [await signIn(user), await signUp()];
      await signOut(user);
      expect((await whoIs(other)).status, 'another session of the user').toBe(200);
      expect((await whoIs(stranger)).status, 'the session of another user').toBe(200);
    },
  );

  test(
    'a session that was tampered with, or made up, is refused',
    requirement('AUTH-11', 'SEC-01', needs('auth.me')),
    async ({ user, whoIs, profile }) => {
      const changed = (headers: typeof user.headers, change: (secret: string) => string) =>
        Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, value.replaceAll(/[\w-]{12,}/g, change)]),
        );
      // In the middle: the last character of Base64 may have bits that do not count.
      const another = (secret: string): string => {
        const at = Math.floor(secret.length / 2);
        return `${secret.slice(0, at)}${secret[at] === '1' ? '2' : '1'}${secret.slice(at + 1)}`;
      };
      for (const [what, change] of [
        ['with one character changed', another],
        ['of zeros', (secret: string) => '0'.repeat(secret.length)],
        ['cut in half', (secret: string) => secret.slice(0, secret.length / 2)],
      ] as const)
        expectRefusal(
          profile,
          (await whoIs({ headers: changed(user.headers, change) })).status,
          401,
          `a session ${what}`,
        );
      expect((await whoIs(user)).status, 'the session itself').toBe(200);
    },
  );

  test(
    'an e-mail address gets only one account, even when eight registrations arrive at once',
    requirement('AUTH-07', 'AUTH-12'),
    async ({ attemptSignUp, attemptSignIn, signIn, profile }) => {
      const { email } = newAccount();
      const accounts = Array.from({ length: 8 }, () => ({ ...newAccount(), email }));
      const attempts = await Promise.all(accounts.map((account) => attemptSignUp(account)));
      const refusals = attempts.flatMap(({ refusal }) => refusal ?? []);
      expect(attempts.length - refusals.length, 'accounts of one address').toBe(1);
      for (const { status } of refusals) expectRefusal(profile, status, 409, 'a registration of a taken address');
      const winner = attempts.find(({ identity }) => identity)?.identity;
      for (const { password } of accounts)
        if (password === winner?.password) await signIn({ email, password });
        else
          expectRefusal(
            profile,
            (await attemptSignIn({ email, password })).refusal?.status,
            401,
            'a password of a refused one',
          );
    },
  );

  test(
    'a wrong password and an unknown user are refused with the same answer, which has no password in it',
    requirement('AUTH-08', 'SEC-03'),
    async ({ user, attemptSignIn, profile }) => {
      const password = `${user.password}x`;
      const [wrong, unknown] = [
        (await attemptSignIn({ email: user.email, password })).refusal,
        (await attemptSignIn(newAccount())).refusal,
      ];
      expectRefusal(profile, wrong?.status, 401, 'a wrong password');
      expect(unknown?.status, 'an unknown user').toBe(wrong?.status);
      // Ids of a request differ.
      const plain = (text = '') => text.replaceAll(/[0-9a-f-]{12,}/g, '');
      expect(plain(unknown?.text)).toBe(plain(wrong?.text));
      expect(wrong?.text).not.toContain(password);
    },
  );

  for (const [what, change, need = 'auth'] of [
    ['no e-mail address', { email: '' }],
    ['no password', { password: '' }],
    // What else it takes is a service's own business.
    ['an e-mail address without an @', { email: 'not-an-address' }, 'auth.policy'],
    ['an e-mail address without a domain', { email: 'somebody@' }, 'auth.policy'],
    ['a password of three characters', { password: 'aB3' }, 'auth.policy'],
    ['a password that repeats one character', { password: 'aaaaaaaaaaaaaaaa' }, 'auth.policy'],
    ['a NUL character in the password', { password: 'a\0bcdefghijkl' }, 'auth.policy'],
  ] as const)
    test(
      `registering with ${what} is refused with a 4xx, and makes no account`,
      requirement('AUTH-09', needs(need)),
      async ({ attemptSignUp, attemptSignIn }) => {
        const account = { ...newAccount(), ...change };
        const statusOf = ({ refusal }: Awaited<ReturnType<typeof attemptSignUp>>) =>
          `${refusal?.status ?? 'signed in'}`;
        expect(statusOf(await attemptSignUp(account)), 'status of the registration').toMatch(/^4\d\d$/);
        expect(statusOf(await attemptSignIn(account)), 'status of signing in with it').toMatch(/^4\d\d$/);
      },
    );

  test(
    'thirty users who register and sign in at once each get an account and sessions of their own',
    requirement('AUTH-12', 'AUTH-01', needs('auth.me')),
    async ({ signUp, signIn, whoIs }) => {
      const users = await Promise.all(
        Array.from({ length: 30 }, async () => {
          const user = await signUp();
          return { user, again: await signIn(user) };
        }),
      );
      const answers = await Promise.all(users.map(async ({ user, again }) => [await whoIs(user), await whoIs(again)]));
      for (const [index, [first, second]] of answers.entries()) {
        const { email } = users[index]?.user ?? {};
        expect(first?.text.toLowerCase(), 'whose session it is').toContain(email);
        expect(second?.text, 'whose second session it is').toBe(first?.text);
      }
      const headers = users.flatMap(({ user, again }) => [user.headers, again.headers]);
      expect(new Set(headers.map((each) => JSON.stringify(each))).size, 'different sessions').toBe(60);
    },
  );

  test(
    'a header that asks for another method or path is ignored',
    requirement('SEC-04', needs('auth.me')),
    async ({ user, whoIs }) => {
      const { text } = await whoIs(user);
      for (const header of [
        'x-http-method-override',
        'x-http-method',
        'x-method-override',
        'x-original-url',
        'x-rewrite-url',
      ]) {
        const value = header.endsWith('url') ? '/health' : 'DELETE';
        const answer = await whoIs({ headers: { ...user.headers, [header]: value } });
        expect.soft([answer.status, answer.text], header).toEqual([200, text]);
      }
    },
  );

  // The reference service has bearer tokens.
  if (!isReference)
    test(
      'a session cookie can be read by no script, and other sites cannot have it sent',
      requirement('SEC-04'),
      async ({ user, recorder }) => {
        test.skip(!('cookie' in user.headers), 'needs cookies: the sessions of this service are other headers');
        const set = recorder.exchanges.flatMap(({ response }) => (response ? setCookiesOf(response) : []));
        const secrets = set.filter((cookie) => /^[^=]+=[^;]{16,}/.test(cookie));
        expect(secrets.length, 'cookies with a secret of 16 or more characters').toBeGreaterThan(0);
        for (const cookie of secrets) {
          const attributes = cookie.replace(/=[^;]*/, '=…');
          expect.soft(attributes).toMatch(/;\s*HttpOnly/i);
          expect.soft(attributes).toMatch(/;\s*SameSite=(Lax|Strict)/i);
        }
      },
    );
});
