import fs from 'node:fs';
import { expect, test } from '@playwright/test';
import { hookCaller } from '../../../../fixtures/clients/hooks/call.ts';
import { cookiesOf, setCookiesOf } from '../../../../fixtures/clients/hooks/cookies.ts';
import { loadConfig } from '../../../../fixtures/config/index.ts';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import type { HooksInput } from '../../../../fixtures/target/description/hooks.ts';
import { defineTarget } from '../../../../fixtures/target/profile/define.ts';
import { importHooks } from '../../../../fixtures/target/profile/hooks.ts';
import { importProfile } from '../../../../fixtures/target/profile/import.ts';
import { lacking } from '../../../../fixtures/target/profile/lacking.ts';
import { resolveProfile } from '../../../../fixtures/target/profile/resolve.ts';
import type { ProfileInput } from '../../../../fixtures/target/profile/schema.ts';
import { createHttpClient, type HttpClient } from '../../../../fixtures/wire/http.ts';
import { createRecorder } from '../../../../fixtures/wire/recorder.ts';
import { serve } from '../../support/http-servers.ts';

const hooks: HooksInput = {
  signUp: async () => ({ headers: { cookie: 'a=1' } }),
  signIn: async () => ({ headers: { cookie: 'a=1' } }),
};
const written = (given: object) => () => defineTarget({ name: 'mine', hooks: given } as ProfileInput);

for (const [what, given, says] of [
  ['a misspelt name', { sigUp: hooks.signUp }, 'hooks.sigUp is unknown. Did you mean signUp?'],
  ['a text in place of a function', { ...hooks, signOut: '/leave' }, 'hooks.signOut: write a function'],
  ['signUp without signIn', { signUp: hooks.signUp }, 'hooks.signUp: needs signIn beside it'],
  [
    'upload without waitForJob',
    { upload: async () => ({ document: '1' }) },
    'hooks.upload: needs waitForJob beside it',
  ],
] as const)
  test(`hooks with ${what} are refused with what to write`, requirement('STACK-07'), () => {
    expect(written(given)).toThrow(says);
  });

const file = `const says: string = 'in';
export default {
  name: 'mine',
  hooks: {
    signUp: async ({ account }: { account: { email: string } }) => ({ headers: { cookie: says + account.email } }),
    signIn: async () => ({ headers: {} }),
  },
};
`;
const request = createHttpClient({ baseUrl: 'http://127.0.0.1:9', recorder: createRecorder() });
const account = { email: 'ada@plumbline.test', password: 'x' };

for (const manifest of ['', '{ "type": "module" }', '{ "type": "commonjs" }'])
  test(
    `the functions of a TypeScript description beside ${manifest || 'no package.json'} travel as marks, and a worker imports them`,
    requirement('OWN-01', 'STACK-07'),
    async ({}, testInfo) => {
      const path = testInfo.outputPath('mine.ts');
      fs.writeFileSync(path, file);
      if (manifest) fs.writeFileSync(testInfo.outputPath('package.json'), manifest);
      const data = await importProfile('./mine.ts', path, 15_000);
      expect(JSON.parse(JSON.stringify(data))).toEqual({
        name: 'mine',
        hooks: { signUp: '(a function)', signIn: '(a function)' },
      });
      expect(resolveProfile(data).description.hooks).toEqual(['signUp', 'signIn']);
      const call = hookCaller('mine', () => importHooks(path));
      const { result } = await call('signUp', request, { account });
      expect(result).toEqual({ headers: { cookie: 'inada@plumbline.test' } });
    },
  );

test(
  'a description whose hooks do not load in a worker is one clear error',
  requirement('STACK-07'),
  async ({}, testInfo) => {
    const path = testInfo.outputPath('broken.ts');
    fs.writeFileSync(path, `throw new Error('no licence');`);
    await expect(importHooks(path)).rejects.toThrow(/broken\.ts: its hooks cannot be loaded in a worker: no licence/);
  },
);

const signingUp = async (signUp: (context: never) => unknown) => {
  await using server = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"fine":true}');
  });
  await using http = createHttpClient({ baseUrl: server.url, recorder: createRecorder() });
  const call = hookCaller('mine', async () => ({ signUp }) as HooksInput);
  return await call('signUp', http, { account });
};

for (const [what, signUp, says] of [
  [
    'returns something else',
    async () => ({ cookie: 'a=1' }),
    /^hooks\.signUp of the profile "mine" returned \{"cookie":"[^"]+"\}, and \{ headers: \{ … \}, id\? \} is expected .*Wrong is /,
  ],
  ['returns nothing', async () => undefined, /^hooks\.signUp of the profile "mine" returned undefined, and \{ headers/],
  [
    'throws',
    () => {
      throw new Error('no guard');
    },
    /^hooks\.signUp of the profile "mine" failed: no guard$/,
  ],
  [
    'returns the response of a success',
    ({ request }: { request: HttpClient }) => request.request('POST', '/join'),
    /returned the response to POST .* with status 200, which is no refusal\. Return \{ headers/,
  ],
] as const)
  test(`a hook that ${what} is one error that names it and what is expected`, requirement('STACK-07'), async () => {
    await expect(signingUp(signUp as (context: never) => unknown)).rejects.toThrow(says);
  });

test('cookies of an answer become the header of the next request, whatever dates stand in them', () => {
  const headers = {
    'set-cookie':
      'shelf=a1b2; Path=/; Expires=Wed, 09 Jun 2027 10:18:14 GMT; HttpOnly, theme=paper; Path=/, old=; Max-Age=0; Path=/',
  };
  expect(setCookiesOf({ headers })).toHaveLength(3);
  expect(cookiesOf({ headers })).toBe('shelf=a1b2; theme=paper');
  expect(cookiesOf({ headers: {} })).toBe('');
});

test('hooks stand for capabilities, and what they cannot give is skipped by its name', requirement('STACK-08'), () => {
  const upload = { upload: async () => ({ document: '1' }), waitForJob: async () => ({ state: 'done' as const }) };
  const paths = { auth: { paths: { me: '/me' } }, documents: { paths: { read: '/papers/{id}' } } };
  const profile = resolveProfile(defineTarget({ name: 'mine', ...paths, hooks: { ...hooks, ...upload } }));
  const config = loadConfig({ TARGET_URL: 'http://127.0.0.1:9' });
  for (const need of ['auth', 'auth.me', 'documents', 'documents.read'])
    expect(lacking(need, profile, config), need).toBeUndefined();
  for (const need of ['auth.signOut', 'auth.refusals', 'documents.remove', 'documents.details', 'ask'])
    expect(lacking(need, profile, config), need).toMatch(new RegExp(`^needs ${need}: `));
  expect(lacking('auth.tokens', profile, config)).toMatch(/^needs auth\.tokens: the hooks of the profile "mine"/);
});
