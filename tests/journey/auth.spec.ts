import { expect, requirement, test } from '../../fixtures/index.ts';

test('whoever registers is signed in', requirement('AUTH-01', 'AUTH-03'), async ({ auth, user, admin }) => {
  const { body } = await auth.me(user.accessToken);
  expect(body).toMatchObject({ id: user.id, email: user.email, role: 'user' });
  expect((await auth.me(admin.accessToken)).body.role).toBe('admin');
  const next = await auth.refresh(user.refreshToken);
  await auth.logout(next.body.access_token);
  expect((await auth.refusal('me', { headers: user.headers })).status).toBe(401);
  expect((await auth.refusal('refresh', { json: { refresh_token: next.body.refresh_token } })).status).toBe(401);
});
