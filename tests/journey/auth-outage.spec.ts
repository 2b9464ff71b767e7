import { expect, isReference, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

test(
  'while its database is down, signing in ends soon and blames nobody for it, and afterwards works again',
  requirement('RES-03', 'AUTH-02', needs('auth', 'postgres databases', 'process control')),
  async ({ startOwnTarget, clientsFor, refuseConnections, signUp, authClientFor }) => {
    const target = await startOwnTarget({ databases: 'fresh' });
    const { http, operations } = clientsFor(target);
    const auth = authClientFor(http);
    const user = await signUp({}, http);
    const platform = { 'postgres:platform': { status: 'up' } };
    if (isReference) expect((await operations.ready()).body.dependencies).toMatchObject(platform);

    const allowed = await Promise.all(Object.values(target.databases).map(refuseConnections));
    for (const [endpoint, request] of [
      ['login', { json: { email: user.email, password: user.password } }],
      ['me', { headers: user.headers }],
      ...(isReference ? [['refresh', { json: { refresh_token: user.refreshToken } }] as const] : []),
    ] as const) {
      const answer = await auth.answer(endpoint, { ...request, timeoutMs: 20_000 });
      const { status, headers, exchange } = answer;
      // An access token may be good without a look at the database.
      const blames = status >= 400 && status < 500;
      expect(blames, `whether ${endpoint} says that the caller is at fault: its status is ${status}`).toBe(false);
      if (!isReference) continue;
      expect(status).toBe(503);
      expect(answer.json()).toMatchObject({ code: 'database_unavailable', dependency: 'postgres:platform' });
      expect(headers['retry-after'], 'Retry-After').toMatch(/^[1-9]\d*$/);
      expect((exchange.stamps.end ?? 0) - exchange.stamps.queued).toBeLessThan(5_000);
    }
    if (isReference) {
      const ready = await operations.ready();
      expect(ready.status).toBe(503);
      expect(ready.body.dependencies).toMatchObject({ 'postgres:platform': { status: 'down', needed: true } });
    }

    await Promise.all(allowed.map((allow) => allow()));
    await expect(async () => {
      await auth.login(user);
    }).toPass({ timeout: 20_000 });
    // A refresh token that was refused during the outage is still valid.
    expect((await auth.refresh(user.refreshToken)).status).toBe(200);
  },
);
