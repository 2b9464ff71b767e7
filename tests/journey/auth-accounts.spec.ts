import { expect, needs, newAccount, requirement, test } from '../../fixtures/index.ts';

test.describe('accounts', needs('auth'), () => {
  test('whoever registers is signed in', { ...requirement('AUTH-01', 'AUTH-03'), tag: '@quick' }, async ({ auth }) => {
    const account = { ...newAccount(), name: 'Ada Lovelace' };
    const { status, body } = await auth.register(account);
    expect(status).toBe(201);
    expect(body.user).toMatchObject({ email: account.email, name: account.name, role: 'user' });
    expect((await auth.me(body.access_token)).body).toEqual(body.user);
  });

  test('whoever has an account can sign in', requirement('AUTH-02', 'AUTH-03'), async ({ auth, user }) => {
    const { body } = await auth.login(user);
    expect(body.user).toMatchObject({ id: user.id, email: user.email });
    expect(body.access_token).not.toBe(user.accessToken);
    expect(body.refresh_token).not.toBe(user.refreshToken);
    expect((await auth.me(body.access_token)).body.id).toBe(user.id);
  });
});

test.describe('accounts, refused', needs('auth.refusals'), () => {
  test('the case of an e-mail address does not matter', requirement('AUTH-02', 'AUTH-07'), async ({ auth, signUp }) => {
    const { email, password } = newAccount();
    const user = await signUp({ email: email.toUpperCase(), password });
    for (const written of [email, email.toUpperCase(), email.replace('user', 'User')]) {
      expect((await auth.login({ email: written, password })).body.user.id).toBe(user.id);
      expect(await auth.refusal('register', { json: { email: written, password } })).toBeProblem(409);
    }
  });

  test(
    'an address has one account, however many ask at once',
    requirement('AUTH-07', 'AUTH-12'),
    async ({ auth, user }) => {
      expect(await auth.refusal('register', { json: { ...newAccount(), email: user.email } })).toBeProblem(
        409,
        /e-mail/i,
      );
      const account = newAccount();
      const all = await Promise.all(Array.from({ length: 8 }, () => auth.answer('register', { json: account })));
      expect(all.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
      expect((await auth.login(user)).body.user.id).toBe(user.id);
    },
  );

  test('a wrong password and an unknown user are refused alike', requirement('AUTH-08'), async ({ auth, user }) => {
    const wrong = await auth.refusal('login', { json: { email: user.email, password: `${user.password}x` } });
    const unknown = await auth.refusal('login', { json: newAccount() });
    expect(wrong).toBeProblem(401);
    const told = ({ body }: typeof wrong) => ({
      ...body,
      request_id: undefined,
      trace_id: undefined,
    });
    expect(told(unknown)).toEqual(told(wrong));
    expect(Object.keys(unknown.headers).sort()).toEqual(Object.keys(wrong.headers).sort());
    expect(wrong.body).not.toHaveProperty('errors');
  });

  const refused = [
    { what: 'an address that is none', field: 'email', change: { email: 'not-an-address' } },
    { what: 'an address without a domain', field: 'email', change: { email: 'somebody@' } },
    { what: 'an address that is too long', field: 'email', change: { email: `${'a'.repeat(250)}@plumbline.test` } },
    { what: 'no address', field: 'email', change: { email: undefined } },
    { what: 'an address that is a number', field: 'email', change: { email: 7 } },
    { what: 'no password', field: 'password', change: { password: undefined } },
    { what: 'a short password', field: 'password', change: { password: 'sh0rt-Pw!' } },
    { what: 'a password of one character', field: 'password', change: { password: 'a'.repeat(40) } },
    { what: 'a password that costs a fortune to hash', field: 'password', change: { password: 'ab3dE'.repeat(2_000) } },
    { what: 'a password with NUL', field: 'password', change: { password: 'a\0bcdefghijkl' } },
    { what: 'a name that is no text', field: 'name', change: { name: { first: 'Ada' } } },
    { what: 'a name with NUL', field: 'name', change: { name: 'A\0da' } },
    { what: 'a role of their own choice', field: 'role', change: { role: 'admin' } },
  ];
  for (const { what, field, change } of refused) {
    test(`registering with ${what} is refused, and the field named`, requirement('AUTH-09'), async ({ auth }) => {
      const answer = await auth.refusal('register', { json: { ...newAccount(), ...change } });
      expect(answer).toBeProblem(422, field);
      expect((answer.body['errors'] as { field: string }[]).map((error) => error.field)).toEqual([field]);
    });
  }

  test('all of a long password counts', requirement('AUTH-02', 'AUTH-08'), async ({ auth, signUp }) => {
    const password = `a long Passphrase ${'of many Wörds, '.repeat(6)}`;
    const { email } = await signUp({ ...newAccount(), password: `${password}1` });
    expect(await auth.refusal('login', { json: { email, password: `${password}2` } })).toBeProblem(401);
    // One keyboard sends ö as one character, another as two.
    for (const form of ['NFC', 'NFD'])
      expect((await auth.login({ email, password: `${password}1`.normalize(form) })).status, form).toBe(200);
  });

  test('a password must not contain the address', requirement('AUTH-09'), async ({ auth }) => {
    const { email } = newAccount();
    const password = `${email.split('@')[0]}-2026`;
    expect(await auth.refusal('register', { json: { email, password } })).toBeProblem(422, 'password');
  });
});

test(
  'an account is one row, its password a salted argon2id hash',
  requirement('AUTH-01', 'AUTH-02', needs('auth', 'started target')),
  async ({ databases, query, signUp }) => {
    const { password } = newAccount();
    const [one, other] = [await signUp({ password }), await signUp({ password })];
    const rows = await query(
      databases.platform.urls.owner,
      'SELECT * FROM users WHERE id = ANY($1) ORDER BY array_position($1, id)',
      [[one.id, other.id]],
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ email: one.email, role: 'user', name: null });
    const hashes = rows.map((row) => String(row['password_hash']));
    for (const hash of hashes) expect(hash).toMatch(/^\$argon2id\$v=19\$m=\d+,t=\d+,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(hashes[0]).not.toBe(hashes[1]);
    expect(JSON.stringify(rows)).not.toContain(password);
  },
);

test(
  'what is refused leaves no row',
  requirement('AUTH-07', 'AUTH-09', needs('auth', 'started target')),
  async ({ auth, user, databases, query }) => {
    const { email, password } = newAccount();
    await auth.refusal('register', { json: { email, password: 'sh0rt-Pw!' } });
    await auth.refusal('register', { json: { email: user.email, password } });
    const found = await query(databases.platform.urls.owner, 'SELECT email FROM users WHERE email = ANY($1)', [
      [email, user.email],
    ]);
    expect(found).toEqual([{ email: user.email }]);
  },
);
