import { expect, needs, requirement, test } from '../../fixtures/index.ts';

test(
  'with default settings, the service hashes passwords as OWASP recommends and allows ten login attempts',
  requirement('AUTH-02', 'RES-09', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, signUp, authClientFor, query }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const defaults = {
      'password hash memory': 'default',
      'password hash passes': 'default',
      'login limit': 'default',
    } as const;
    const { http } = clientsFor(await startOwnTarget({ platform, settings: defaults }));
    const user = await signUp({}, http);
    const [row] = await query(platform, 'SELECT password_hash FROM users WHERE id = $1', [user.id]);
    expect(row?.['password_hash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const attempts = [];
    for (let attempt = 0; attempt < 11; attempt++)
      attempts.push(
        (await authClientFor(http).refusal('login', { json: { email: 'nobody@plumbline.test', password: 'x' } }))
          .status,
      );
    expect(attempts).toEqual([...Array<number>(10).fill(401), 429]);
  },
);

test(
  'a password hash of an older cost is replaced when its owner signs in',
  requirement('AUTH-02', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, signUp, authClientFor, query }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const first = await startOwnTarget({ platform, settings: { 'password hash memory': 65_536 } });
    const user = await signUp({}, clientsFor(first).http);
    await first.stop();
    const auth = authClientFor(
      clientsFor(await startOwnTarget({ platform, settings: { 'password hash memory': 131_072 } })).http,
    );
    const memoryCost = async () => {
      const [row] = await query(platform, 'SELECT password_hash FROM users WHERE id = $1', [user.id]);
      return /m=(\d+)/.exec(String(row?.['password_hash']))?.[1];
    };
    expect(await memoryCost()).toBe('64');
    expect((await auth.refusal('login', { json: { email: user.email, password: 'wrong' } })).status).toBe(401);
    expect(await memoryCost()).toBe('64');
    await auth.login(user);
    expect(await memoryCost()).toBe('128');
    expect((await auth.login(user)).body.user.id).toBe(user.id);
  },
);
