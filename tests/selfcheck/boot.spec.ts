import { expect, test } from '@playwright/test';
import { requirement } from '../../projects/requirements.ts';
import { outcomes, runInline } from './support/inlineRun.ts';

const three = `
import { test } from '$fixtures';
for (const name of ['one', 'two', 'three']) test(name, async ({ target }) => {});`;

const broken = [
  ['the model file is missing', { MODEL_PATH: 'no-such.gguf' }, /no-such\.gguf/],
  ['the model server is not there', { MODEL_SERVER_URL: 'http://127.0.0.1:9' }, /MODEL_SERVER_URL/],
  ['the database is not there', { DATABASE_URL: 'postgres://nobody:secret-pw@127.0.0.1:9/none' }, /DATABASE_URL/],
] as const;

for (const [what, env, names] of broken) {
  test(`when ${what}, one test says so and the others are skipped`, requirement('STACK-07'), async ({}, testInfo) => {
    const run = await runInline(testInfo, { 'a.spec.ts': three }, { env });
    expect(run.code).toBe(1);
    const all = outcomes(run);
    expect(all.map(({ status }) => status)).toEqual(['failed', 'skipped', 'skipped']);
    const [message = ''] = all[0]?.errors ?? [];
    expect(message).toMatch(/did not boot/);
    expect(message).toMatch(names);
    expect(run.stdout + run.stderr + JSON.stringify(run.report)).not.toContain('secret-pw');
    expect(all[1]?.annotations.join()).toMatch(/did not boot; the error stands in the first test/);
  });
}
