import { expect, test } from '@playwright/test';
import { loadConfig } from '../../../fixtures/config/index.ts';
import { type SettingName, settings } from '../../../fixtures/config/settings.ts';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { definePlumbline } from '../../../projects/define.ts';
import { withEnvironment } from '../support/environment.ts';
import { files, misspelt, others, together, values } from './refused.ts';

// A refusal comes at once, so no test of a plain function may take long.
test.describe.configure({ timeout: 5_000 });

/** The lines of the error that a call throws. */
function refusal(call: () => unknown): string[] {
  try {
    call();
  } catch (error) {
    const { message, stack } = error as Error;
    expect(stack, 'no call stack').toBe(message);
    return message.split('\n');
  }
  throw new Error('Expected a refusal, and it was accepted.');
}

/** The only problem in the lines. */
function only(lines: string[]): string {
  expect(lines, 'a head and one problem').toHaveLength(2);
  return (lines[1] as string).replace(/^ {2}- /, '');
}

for (const [name, value, todo, visible] of values) {
  const title = `${name}=${JSON.stringify(value)
    .replace(/[^ -~]/g, '?')
    .slice(0, 60)} is refused with what is allowed and what to do`;
  test(title, requirement('STACK-07'), () => {
    // Settings that describe a target are allowed only with TARGET_URL.
    const target = name.startsWith('TARGET_') && name !== 'TARGET_URL' ? { TARGET_URL: 'http://h' } : {};
    const line = only(refusal(() => loadConfig({ ...target, [name]: value })));
    const { secret, allowed } = settings[name];
    const shown = secret ? '(hidden)' : `"${visible ?? value.replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
    expect(line).toContain(`${name}=${shown} is not allowed. Allowed: ${allowed}. `);
    expect(line.slice(line.indexOf(allowed) + allowed.length)).toContain(todo);
    expect(line).not.toContain('hunter2');
    expect(line, 'nothing that a terminal obeys').not.toMatch(/[\u0000-\u001f\u007f\u202a-\u202e]/);
  });
}

for (const [name, meant] of misspelt)
  test(`the misspelt variable ${name} is refused with the right name ${meant}`, requirement('STACK-07'), () => {
    const line = only(refusal(() => loadConfig({ [name]: 'hunter2' })));
    expect(line).toContain(`${name} is not a setting of Plumbline. Did you mean ${meant}? Rename `);
    expect(line).not.toContain('hunter2');
    if (!/^plum/i.test(name)) expect(line).toContain(`PLUMBLINE_FOREIGN=${name}.`);
    expect(() => loadConfig({ [name]: 'x', PLUMBLINE_FOREIGN: `OTHER, ${name}` }), 'the way out').not.toThrow();
  });

test('variables of other programs that merely look like settings are left alone', requirement('STACK-07'), () => {
  for (const name of others) expect(() => loadConfig({ [name]: 'x' }), name).not.toThrow();
  // An empty variable is not set: CI systems export missing secrets as empty text.
  expect(() => loadConfig({ TARGET_ULR: '' })).not.toThrow();
});

test('a setting is no misspelling of another one', () => {
  const valid = Object.entries(settings).filter(([, { schema }]) => schema.safeParse('auto').success);
  for (const [name] of valid.filter(([name]) => !name.startsWith('TARGET_')))
    expect(() => loadConfig({ [name]: 'auto' }), name).not.toThrow();
});

for (const [environment, expected, todo] of together)
  test(
    `a run with only ${Object.keys(environment).join(' and ')} set is refused: ${expected}`,
    requirement('STACK-07'),
    () => {
      const line = only(refusal(() => loadConfig(environment)));
      expect(line).toContain(expected);
      expect(line).toContain(todo);
      expect(line).not.toContain('hunter2');
    },
  );

for (const [what, config, expected] of files)
  test(`a configuration file with ${what} is refused`, requirement('STACK-07'), () => {
    withEnvironment(() => {
      // Without the settings of this run itself.
      for (const name of Object.keys(settings) as SettingName[]) delete process.env[name];
      const line = only(refusal(() => definePlumbline(config)));
      expect(line).toContain(expected);
      expect(line).not.toContain('hunter2');
    });
  });

test('all bad settings are reported at once, a line each', requirement('STACK-07'), () => {
  const bad = { MODEL_PTH: 'x', MODEL_DEVICE: 'gpu', PLUMBLINE_SEED: '1e3', DATABASE_URL: 'mysql://u:hunter2@h/d' };
  const lines = refusal(() => loadConfig(bad));
  expect(lines).toHaveLength(5);
  for (const name of Object.keys(bad)) expect(lines.filter((line) => line.startsWith(`  - ${name}`))).toHaveLength(1);
});

const accepted: readonly [name: SettingName, value: string, read: unknown][] = [
  ['TARGET_URL', 'http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080/v1'],
  ['TARGET_URL', 'HTTPS://h/prefix/', 'HTTPS://h/prefix/'],
  ['TARGET_URL', 'http://[::1]:8080', 'http://[::1]:8080'],
  ['MODEL_SERVER_API_KEY', 'sk-a_b.c~d+e/f==', 'sk-a_b.c~d+e/f=='],
  ['MODEL_SERVER_API_KEY', 'Token a b', 'Token a b'],
  ['PLUMBLINE_SEED', '007', 7],
  ['PLUMBLINE_SEED', '0', 0],
  ['CACHE_URL', 'redis://:pass@h:6379/1', 'redis://:pass@h:6379/1'],
  ['CACHE_URL', 'unix:///run/redis.sock', 'unix:///run/redis.sock'],
  ['DATABASE_URL', 'postgresql://u:p%40@h/d?sslmode=require', 'postgresql://u:p%40@h/d?sslmode=require'],
  ['MODEL_PATH', '/my models/Größe.gguf', '/my models/Größe.gguf'],
  ['MODEL_IMAGE', 'registry:5000/a/b:tag@sha256:0a', 'registry:5000/a/b:tag@sha256:0a'],
  ['MODEL_SERVER_ARGS', `--alias 'a b' --x "c"`, `--alias 'a b' --x "c"`],
  ['PLUMBLINE_BUDGETS', 'sql.accuracy=1, health.p95Ms=0', 'sql.accuracy=1, health.p95Ms=0'],
];

for (const [name, value, read] of accepted)
  test(`the unusual value ${name}=${value} is accepted`, () => {
    expect(loadConfig({ [name]: value })[name]).toBe(read);
  });
