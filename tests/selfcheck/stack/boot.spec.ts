import fs from 'node:fs';
import { expect, type TestInfo, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { bundledModels } from '../../../seed/model/index.ts';
import { outcomes, runInline } from '../support/inline-run.ts';

const three = `
import { test } from '$fixtures';
for (const name of ['one', 'two', 'three']) test(name, async ({ target }) => {});`;

const broken = [
  ['the model file is truncated', (info: TestInfo) => ({ MODEL_PATH: cutOff(info) }), /cut-off\.gguf/],
  ['the model server does not answer', () => ({ MODEL_SERVER_URL: 'http://127.0.0.1:9' }), /MODEL_SERVER_URL/],
  [
    'the database does not answer',
    () => ({ DATABASE_URL: 'postgres://nobody:secret-pw@127.0.0.1:9/none' }),
    /DATABASE_URL/,
  ],
] as const;

/** A missing file, or one without the beginning of a model, is reported before anything starts. */
function cutOff(testInfo: TestInfo): string {
  const file = testInfo.outputPath('cut-off.gguf');
  const whole = fs.readFileSync(bundledModels[0]?.path as string);
  fs.writeFileSync(file, whole.subarray(0, whole.length / 2));
  return file;
}

for (const [what, env, names] of broken) {
  test(
    `when ${what}, the first test that needs it fails with the reason and the others are skipped`,
    requirement('STACK-07'),
    async ({}, testInfo) => {
      const run = await runInline(testInfo, { 'a.spec.ts': three }, { env: env(testInfo) });
      expect(run.code).toBe(1);
      const all = outcomes(run);
      expect(all.map(({ status }) => status)).toEqual(['failed', 'skipped', 'skipped']);
      const [message = ''] = all[0]?.errors ?? [];
      expect(message).toMatch(/did not boot/);
      expect(message).toMatch(names);
      expect(run.stdout + run.stderr + JSON.stringify(run.report)).not.toContain('secret-pw');
      expect(all[1]?.annotations.join()).toMatch(/did not boot; the error stands in the first test/);
    },
  );
}
