import { expect, test } from '@playwright/test';
import { loadConfig } from '../../../../fixtures/config/index.ts';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import {
  knownSettings,
  type SettingName,
  variablesFor,
  withSettings,
  writable,
} from '../../../../fixtures/target/description/settings/index.ts';
import { defineTarget } from '../../../../fixtures/target/profile/index.ts';
import { lacking } from '../../../../fixtures/target/profile/lacking.ts';
import { needs } from '../../../../fixtures/target/profile/needs.ts';
import { resolveProfile } from '../../../../fixtures/target/profile/resolve.ts';

type Input = Parameters<typeof defineTarget>[0];

const refusals: readonly [what: string, settings: object, says: string][] = [
  [
    'a misspelt setting',
    { 'rate limt': { RATE: '{value}' } },
    'settings.rate limt is unknown. Did you mean rate limit?',
  ],
  [
    'a misspelt placeholder',
    { 'rate limit': { RATE: '{vaule}' } },
    'settings.rate limit.RATE: {vaule} is not a placeholder of a count: Did you mean value? It has {value}.',
  ],
  [
    'a placeholder of another kind',
    { 'model timeout': { TIMEOUT: '{bytes}' } },
    'settings.model timeout.TIMEOUT: {bytes} is not a placeholder of a time: Known: ms, seconds, seconds.decimal, minutes.',
  ],
  [
    'no placeholder',
    { 'rate limit': { RATE: '5' } },
    'settings.rate limit: nothing in it changes with the value that a test asks for: write {value}.',
  ],
  ['no variable', { 'rate limit': {} }, 'settings.rate limit: name at least one environment variable'],
  [
    'two settings in one variable',
    { 'rate limit': { RATE: '{value}' }, 'rate limit window': { RATE: '{ms}' } },
    'settings.rate limit window.RATE: rate limit sets RATE, too, and one of them would undo the other.',
  ],
];

for (const [what, settings, says] of refusals)
  test(`a description of settings with ${what} is refused with what to write`, requirement('OWN-04'), () => {
    expect(() => defineTarget({ name: 'mine', settings } as Input)).toThrow(says);
  });

test('settings are written in the units of the description', requirement('OWN-04'), () => {
  const described = {
    'rate limit': { RATE: 'n={value}', RATE_TOO: '{{value}}' },
    'model timeout': { TIMEOUT: '{seconds.decimal}', TIMEOUT_MS: '{ms}' },
    'access token lifetime': { TTL: '{minutes}' },
    'document size limit': { SIZE: '{kib}K' },
    'api keys': { KEYS: '{value}' },
    'model servers': { SERVERS: '{value}' },
  };
  const servers = [{ id: 'a', url: 'http://a' }];
  const written = variablesFor(described, {
    'rate limit': 5,
    'model timeout': 1_500,
    'access token lifetime': 120_000,
    'document size limit': 20_480,
    'api keys': ['one', 'two'],
    'model servers': servers,
  });
  expect(written).toEqual({
    ...{ RATE: 'n=5', RATE_TOO: '{value}', TIMEOUT: '1.5', TIMEOUT_MS: '1500', TTL: '2', SIZE: '20K' },
    ...{ KEYS: 'one,two', SERVERS: JSON.stringify(servers) },
  });
  expect(withSettings({ RATE: '1', OTHER: 'stays' }, described, { 'rate limit': 'default' })).toEqual({
    OTHER: 'stays',
  });
});

test('a value that the description cannot write is an error that says what to write', requirement('OWN-04'), () => {
  const described = { 'model timeout': { TIMEOUT: '{seconds}' }, 'document size limit': { SIZE: '{mib}' } };
  expect(() => variablesFor(described, { 'model timeout': 1_500 })).toThrow(
    "settings['model timeout'] in the description is written in whole {seconds}, and 1500 ms cannot be: write {ms} there " +
      'if the service takes it, or {seconds.decimal} if it takes fractions; in the test, ask settings.atLeast for what can be written.',
  );
  expect(writable(described, 'model timeout', 1_500)).toBe(2_000);
  expect(writable(described, 'document size limit', 20_000)).toBe(1_048_576);
  expect(() => variablesFor(described, { 'rate limit': 1 })).toThrow("declare needs('settings.rate limit')");
});

test(
  'a test whose setting is not described is skipped by the name of the setting, with the line that is missing',
  requirement('OWN-04', 'STACK-08'),
  () => {
    const start = { command: 'true' };
    const mine = resolveProfile({ name: 'mine', start, settings: { 'rate limit': { RATE: '{value}' } } });
    const config = loadConfig({ TARGET_PROFILE: './mine.ts' });
    expect(lacking('settings.rate limit', mine, config)).toBeUndefined();
    expect(lacking('settings.model timeout', mine, config)).toBe(
      'needs settings.model timeout: add `settings[\'model timeout\']` to the description of "mine": the variable that sets how long the model may take for its answer, or for the first word of a stream',
    );
    expect(lacking('settings.rate limit', mine, loadConfig({ TARGET_URL: 'http://127.0.0.1:1' }))).toMatch(
      /^needs settings\.rate limit: only a service that the run starts itself/,
    );
    // @ts-expect-error: the name is misspelt
    expect(() => needs('settings.rate limt')).toThrow('Did you mean settings.rate limit?');
  },
);

test('every setting has a line that says what it sets', requirement('OWN-04'), () => {
  for (const name of Object.keys(knownSettings) as SettingName[])
    expect(knownSettings[name].what, name).toMatch(/^(how|after|above|over|where|which|whether|its|the) /);
});
