import { expect, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

test(
  'while the platform database is down, signing in gets a fast 503 with Retry-After, and afterwards works again',
  requirement('RES-03', 'AUTH-02', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, refuseConnections, signUp, authClientFor }) => {
    const platform = await freshDatabase('platform');
    const { http, operations } = clientsFor(await startOwnTarget({ platform: platform.urls.owner }));
    const auth = authClientFor(http);
    const user = await signUp({}, http);
    expect((await operations.ready()).body.dependencies).toMatchObject({ 'postgres:platform': { status: 'up' } });

    const allowConnections = await refuseConnections(platform);
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

    await allowConnections();
    // The refresh token that was refused during the outage is still valid.
    await expect(async () => {
      await auth.refresh(user.refreshToken);
    }).toPass({ timeout: 10_000 });
  },
);
