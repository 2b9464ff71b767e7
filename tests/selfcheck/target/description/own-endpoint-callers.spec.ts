import { randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { serve } from '../../support/http-servers.ts';
import { outcomes, runProject } from '../../support/inline-run.ts';
import { profileFile } from '../profile/readme.ts';

test.beforeEach(() => test.setTimeout(240_000));

test(
  'an endpoint that needs a caller is asked as a new user or as the admin, one at a time, in a load and in the journey',
  requirement('OWN-09'),
  async ({}, testInfo) => {
    const asked = new Set<string>();
    await using service = await serve(async (request, response) => {
      const text = Buffer.concat((await Array.fromAsync(request)) as Buffer[]).toString('utf8');
      const role = request.url?.endsWith('/login') ? 'admin' : 'user';
      const { email = 'a@b.test' } = JSON.parse(text || '{}') as { email?: string };
      const account = { id: randomUUID(), email, name: null, role, created_at: new Date().toISOString() };
      const session = {
        access_token: `a.b.${role}`,
        refresh_token: 'r'.repeat(24),
        token_type: 'Bearer',
        expires_in: 900,
      };
      const { authorization } = request.headers;
      const [status, body] = request.url?.startsWith('/api/v1/auth/')
        ? [role === 'user' ? 201 : 200, { user: account, ...session }]
        : [authorization === `Bearer a.b.${request.url?.slice(1)}` ? 200 : request.url === '/' ? 200 : 401, {}];
      if (authorization) asked.add(`${request.method} ${request.url} ${status}`);
      response.writeHead(status as number, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    const profile = profileFile(
      testInfo,
      `import { defineTarget } from './fixtures/target/profile/index.ts';
export default defineTarget({ name: 'callers', auth: true, endpoints: {
  mine: { path: '/user', as: 'user' }, all: { path: '/admin', as: 'admin' } } });`,
    );
    const env = { TARGET_URL: service.url, TARGET_PROFILE: profile, TARGET_ADMIN: 'root@b.test:a-long-password' };
    const inner = await runProject(testInfo, ['--project=journey', '--project=performance', 'own-endpoints'], env);
    const all = outcomes(inner);
    expect(all.length).toBe(8);
    expect(all.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect([...asked]).toEqual(expect.arrayContaining(['GET /user 200', 'GET /admin 200']));

    const without = await runProject(testInfo, ['--project=journey', 'own-endpoints'], { ...env, TARGET_ADMIN: '' });
    const skipped = outcomes(without).filter(({ status }) => status === 'skipped');
    expect(skipped.map(({ title }) => title.slice(0, 12))).toEqual(['endpoint all', 'endpoint all']);
    expect(skipped[0]?.annotations.join()).toContain(
      'skip: needs auth.admin: set TARGET_ADMIN to an admin of the service',
    );
  },
);
