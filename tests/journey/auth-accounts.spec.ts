import { expect, isReference, needs, newAccount, plainDigests, requirement, test } from '../../fixtures/index.ts';

test.describe('accounts with tokens', needs('auth', 'auth.tokens'), () => {
  test('registering creates an account and signs the user in', {
    ...requirement('AUTH-01', 'AUTH-03'),
    tag: '@quick',
  }, async ({ auth }) => {
    const account = { ...newAccount(), name: 'Ada Lovelace' };
    const { status, body } = await auth.register(account);
    const me = (await auth.me(body.access_token)).body;
    expect(me.id).toBe(body.user.id);
    if (!auth.has('account')) return;
    expect(status).toBe(201);
    expect(body.user).toMatchObject({ email: account.email, name: account.name, role: 'user' });
    expect(me).toEqual(body.user);
  });

  test('a registered user signs in and gets new tokens', requirement('AUTH-02', 'AUTH-03'), async ({ auth, user }) => {
    const { body } = await auth.login(user);
    expect(body.user.id).toBe(user.id);
    expect((await auth.me(user.accessToken)).body.id, 'who the earlier token signs in').toBe(user.id);
    if (auth.has('account')) expect(body.user.email).toBe(user.email);
    // Others may give the same token again within a second, or as long as it is valid.
    if (auth.has('refusals')) expect(body.access_token).not.toBe(user.accessToken);
    if (auth.has('refresh_token')) expect(body.refresh_token).not.toBe(user.refreshToken);
    expect((await auth.me(body.access_token)).body.id).toBe(user.id);
  });
});

test.describe('account rules', needs('auth.refusals'), () => {
  test(
    'the case of an e-mail address does not matter when registering or signing in',
    requirement('AUTH-02', 'AUTH-07'),
    async ({ auth, signUp }) => {
      const { email, password } = newAccount();
      const user = await signUp({ email: email.toUpperCase(), password });
      for (const spelling of [email, email.toUpperCase(), email.replace('user', 'User')]) {
        expect((await auth.login({ email: spelling, password })).body.user.id).toBe(user.id);
        expect(await auth.refusal('register', { json: { email: spelling, password } })).toBeProblem(409);
      }
    },
  );

  test(
    'an e-mail address gets only one account, even when eight registrations arrive at once',
    requirement('AUTH-07', 'AUTH-12'),
    async ({ auth, user }) => {
      expect(await auth.refusal('register', { json: { ...newAccount(), email: user.email } })).toBeProblem(
        409,
        /e-mail/i,
      );
      const account = newAccount();
      const answers = await Promise.all(Array.from({ length: 8 }, () => auth.answer('register', { json: account })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
      expect((await auth.login(user)).body.user.id).toBe(user.id);
    },
  );

  test(
    'signing in with a wrong password or as an unknown user is refused with the same 401',
    requirement('AUTH-08'),
    async ({ auth, user }) => {
      const wrong = await auth.refusal('login', { json: { email: user.email, password: `${user.password}x` } });
      const unknown = await auth.refusal('login', { json: newAccount() });
      expect(wrong).toBeProblem(401);
      const withoutIds = ({ body }: typeof wrong) => ({
        ...body,
        request_id: undefined,
        trace_id: undefined,
      });
      expect(withoutIds(unknown)).toEqual(withoutIds(wrong));
      expect(Object.keys(unknown.headers).sort()).toEqual(Object.keys(wrong.headers).sort());
      expect(wrong.body).not.toHaveProperty('errors');
    },
  );

  const invalid = [
    { what: 'an e-mail address without an @', field: 'email', change: { email: 'not-an-address' } },
    { what: 'an e-mail address without a domain', field: 'email', change: { email: 'somebody@' } },
    {
      what: 'an e-mail address that is too long',
      field: 'email',
      change: { email: `${'a'.repeat(250)}@plumbline.test` },
    },
    { what: 'no e-mail address', field: 'email', change: { email: undefined } },
    { what: 'a number as e-mail address', field: 'email', change: { email: 7 } },
    { what: 'no password', field: 'password', change: { password: undefined } },
    { what: 'a password that is too short', field: 'password', change: { password: 'sh0rt-Pw!' } },
    { what: 'a password that repeats one character', field: 'password', change: { password: 'a'.repeat(40) } },
    { what: 'a password of 10,000 characters', field: 'password', change: { password: 'ab3dE'.repeat(2_000) } },
    { what: 'a NUL character in the password', field: 'password', change: { password: 'a\0bcdefghijkl' } },
    { what: 'a name that is not a string', field: 'name', change: { name: { first: 'Ada' } } },
    { what: 'a NUL character in the name', field: 'name', change: { name: 'A\0da' } },
    { what: 'a self-chosen role', field: 'role', change: { role: 'admin' } },
  ];
  for (const { what, field, change } of invalid) {
    test(
      `registering with ${what} is refused with 422, naming "${field}"`,
      requirement('AUTH-09'),
      async ({ auth }) => {
        const answer = await auth.refusal('register', { json: { ...newAccount(), ...change } });
        expect(answer).toBeProblem(422, field);
        expect((answer.body['errors'] as { field: string }[]).map((error) => error.field)).toEqual([field]);
      },
    );
  }

  test(
    'every character of a long password counts when signing in',
    requirement('AUTH-02', 'AUTH-08'),
    async ({ auth, signUp }) => {
      const password = `a long Passphrase ${'of many Wörds, '.repeat(6)}`;
      const { email } = await signUp({ ...newAccount(), password: `${password}1` });
      expect(await auth.refusal('login', { json: { email, password: `${password}2` } })).toBeProblem(401);
      // Some keyboards send ö as one code point, others as two.
      for (const form of ['NFC', 'NFD'])
        expect((await auth.login({ email, password: `${password}1`.normalize(form) })).status, form).toBe(200);
    },
  );

  test(
    'registering with a password that contains the e-mail address is refused with 422',
    requirement('AUTH-09'),
    async ({ auth }) => {
      const { email } = newAccount();
      const password = `${email.split('@')[0]}-2026`;
      expect(await auth.refusal('register', { json: { email, password } })).toBeProblem(422, 'password');
    },
  );
});

test(
  'an account is stored as one row, under the id that its answer has',
  requirement('AUTH-01', 'OWN-05', needs('auth', 'state.users')),
  async ({ state, signUp }) => {
    const [one, other] = [await signUp(), await signUp()];
    for (const { id, email } of [one, other]) {
      const rows = await state.find('users', { key: email });
      expect(
        rows.map((row) => row.id),
        `ids of the rows of ${email}`,
      ).toEqual([id]);
    }
  },
);

test(
  'passwords are stored as salted hashes that nobody can look up',
  requirement('AUTH-01', 'AUTH-02', needs('auth', 'state.passwords')),
  async ({ state, signUp }) => {
    const { password } = newAccount();
    const users = [await signUp({ password }), await signUp({ password })];
    const rows = await Promise.all(users.map(({ id }) => state.find('passwords', { user: id })));
    expect(
      rows.map((found) => found.length),
      'stored passwords of each user',
    ).toEqual([1, 1]);
    const hashes = rows.flat().map(({ stored }) => stored);
    expect(new Set(hashes).size, 'different hashes of one password').toBe(2);
    for (const known of [password, ...plainDigests(password)])
      expect(JSON.stringify(rows), 'what is stored of the password').not.toContain(known);
    if (isReference)
      for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=\d+,t=\d+,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  },
);

test(
  'a refused registration leaves no row in the database',
  requirement('AUTH-07', 'AUTH-09', needs('auth', 'state.users')),
  async ({ auth, user, state }) => {
    const { email, password } = newAccount();
    expect(await auth.refused('register', { json: { email } })).toBeRefused(422);
    const again = await auth.refused('register', { json: { email: user.email, password } });
    if (again.exact) expect(again).toBeRefused(409);
    // Others may answer as if it were new, so that nobody learns which addresses are registered.
    else expect(again.status).toBeLessThan(500);
    expect(await state.find('users', { key: email }), 'rows of an account that was refused').toEqual([]);
    expect((await state.find('users', { key: user.email })).map(({ id }) => id)).toEqual([user.id]);
  },
);
