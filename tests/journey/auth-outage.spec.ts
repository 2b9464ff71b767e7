import { expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

test(
  'without its own database, sign-in is a fast 503 that says when to come back, and works again afterwards',
  requirement('RES-03', 'AUTH-02', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsOf, freshDatabase, refuseConnections, signUp, authOn }) => {
    const platform = await freshDatabase('platform');
    const { http, operations } = clientsOf(await startOwnTarget({ platform: platform.urls.owner }));
    const auth = authOn(http);
    const user = await signUp({}, http);
    expect((await operations.ready()).body.dependencies).toMatchObject({ 'postgres:platform': { status: 'up' } });

    const allow = await refuseConnections(platform);
    for (const refused of [
      auth.refusal('login', { json: { email: user.email, password: user.password } }),
      auth.refusal('refresh', { json: { refresh_token: user.refreshToken } }),
      auth.refusal('me', { headers: user.headers }),
    ]) {
      const { status, body, headers, exchange } = await refused;
      expect(status).toBe(503);
      expect(body).toMatchObject({ code: 'database_unavailable', dependency: 'postgres:platform' });
      expect(headers['retry-after'], 'Retry-After').toMatch(/^[1-9]\d*$/);
      expect((exchange.stamps.end ?? 0) - exchange.stamps.queued).toBeLessThan(5_000);
    }
    const ready = await operations.ready();
    expect(ready.status).toBe(503);
    expect(ready.body.dependencies).toMatchObject({ 'postgres:platform': { status: 'down', needed: true } });

    await allow();
    // The token that could not be traded while the database was away is still good.
    await expect(async () => {
      await auth.refresh(user.refreshToken);
    }).toPass({ timeout: 10_000 });
  },
);
