import { expect, test } from '@playwright/test';
import { loadConfig, secretsOf } from '../../../fixtures/config/index.ts';
import { resolveBudgets } from '../../../fixtures/spec/budgets.ts';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { applySettings, type GivenSettings } from '../../../projects/given.ts';
import { withEnvironment } from '../support/environment.ts';
import { runInline } from '../support/inline-run.ts';

const refused = [
  ['MODEL_DEVICE', 'gpu', 'MODEL_DEVICE="gpu" is not allowed. Allowed: auto, cpu, cuda, vulkan or metal.'],
  ['MODEL_THREADS', '0', 'MODEL_THREADS="0" is not allowed. Allowed: a whole number from 1 to 64.'],
  ['MODEL_SERVER_URL', 'ftp://x', 'MODEL_SERVER_URL="ftp://x" is not allowed. Allowed: an http or https URL'],
  ['DATABASE_URL', 'mysql://u:hunter2@h/d', 'DATABASE_URL=(hidden) is not allowed. Allowed: postgres://'],
  ['PLUMBLINE_SEED', 'x', 'PLUMBLINE_SEED="x" is not allowed. Allowed: a whole number'],
  ['PLUMBLINE_SEDD', '1', 'PLUMBLINE_SEDD is not a setting of Plumbline. Did you mean PLUMBLINE_SEED?'],
  ['PLUMBLINE_POSTGRES', 'external', 'PLUMBLINE_POSTGRES=external needs DATABASE_URL.'],
] as const;

for (const [name, value, message] of refused) {
  test(`${name}=${value} is refused by name`, requirement('STACK-07'), () => {
    expect(() => loadConfig({ [name]: value })).toThrow(message);
  });
}

test('every bad setting is listed at once, and a secret is not shown', () => {
  const load = () => loadConfig({ MODEL_DEVICE: 'gpu', DATABASE_URL: 'mysql://u:hunter2@h/d' });
  expect(load).toThrow(/DATABASE_URL[\s\S]*MODEL_DEVICE/);
  expect(load).not.toThrow(/hunter2/);
});

test('an empty variable means that it is not set', () => {
  expect(loadConfig({ DATABASE_URL: '', MODEL_DEVICE: '' })).toMatchObject({ MODEL_DEVICE: 'auto' });
  expect(loadConfig({ DATABASE_URL: '' }).DATABASE_URL).toBeUndefined();
});

test('the configuration is frozen and lists its secrets', () => {
  const config = loadConfig({ MODEL_SERVER_API_KEY: 'k-1', MODEL_SERVER_URL: 'http://127.0.0.1:1' });
  expect(Object.isFrozen(config)).toBe(true);
  expect(secretsOf(config)).toEqual(['k-1']);
});

test('a budget that does not exist is refused', () => {
  expect(resolveBudgets('sql.accuracy=0.5')['sql.accuracy']).toBe(0.5);
  expect(() => resolveBudgets('sql.acuracy=0.5')).toThrow('sql.acuracy is not a budget. Did you mean sql.accuracy?');
});

test('a bad setting stops the run before any process starts', requirement('STACK-07'), async ({}, testInfo) => {
  const spec = `import { test } from '@playwright/test'; test('never runs', () => {});`;
  const run = await runInline(testInfo, { 'a.spec.ts': spec }, { env: { MODEL_DEVICE: 'gpu' } });
  expect(run.code).toBe(1);
  expect(run.stdout + run.stderr).toContain('MODEL_DEVICE="gpu" is not allowed');
  expect(run.stderr).not.toContain('plumbline:');
  expect(run.report?.suites ?? []).toEqual([]);
});

test('a setting in the configuration file counts where the environment has none, and a secret there is refused', () => {
  withEnvironment(() => {
    process.env['PLUMBLINE_SEED'] = '3';
    delete process.env['MODEL_THREADS'];
    applySettings({ PLUMBLINE_SEED: 5, MODEL_THREADS: 2 }, { 'sql.accuracy': 0.5 });
    const { PLUMBLINE_SEED, MODEL_THREADS, PLUMBLINE_BUDGETS } = loadConfig();
    expect({ PLUMBLINE_SEED, MODEL_THREADS, PLUMBLINE_BUDGETS }).toEqual({
      PLUMBLINE_SEED: 3,
      MODEL_THREADS: 2,
      PLUMBLINE_BUDGETS: 'sql.accuracy=0.5',
    });
    const secret = { TARGET_API_KEY: 'hunter2' } as GivenSettings;
    expect(() => applySettings(secret, {})).toThrow(
      'settings.TARGET_API_KEY: a secret does not belong in a configuration file. Set it in the environment.',
    );
    expect(() => applySettings({ PLUMBLINE_SEDD: 1 } as GivenSettings, {})).toThrow('Did you mean PLUMBLINE_SEED?');
  });
});
