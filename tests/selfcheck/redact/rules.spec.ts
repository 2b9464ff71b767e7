import { expect, test } from '@playwright/test';
import { clean } from '../../../fixtures/evidence/gate/clean.ts';
import { redactMessage } from '../../../fixtures/evidence/gate/messages.ts';
import { createRedactor } from '../../../fixtures/redact/redactor.ts';
import { Finder } from '../../../fixtures/redact/secrets/finder.ts';
import { canBeHidden } from '../../../fixtures/redact/secrets/needles.ts';
import { secretsIn } from '../../../fixtures/redact/secrets/of-settings.ts';
import { visible, visibleInColour } from '../../../fixtures/text/visible.ts';
import { canaries, secretSettings } from './canaries.ts';
import { leaksIn } from './find.ts';
import { ways } from './ways.ts';

const hidden = createRedactor(Object.values(canaries));

test.describe('secrets that a server returns', () => {
  for (const [way, write] of Object.entries(ways))
    test(`a secret that a server returns ${way} is redacted`, () => {
      for (const [what, secret] of Object.entries(canaries)) {
        const returned = write(secret);
        const red = returned.split('\n').map((line) => `+   \x1b[31m${line}\x1b[39m`);
        const shapes = {
          alone: returned,
          'in JSON': JSON.stringify({ said: returned, log: JSON.stringify({ said: returned }) }),
          'in a diff': red.join('\n'),
        };
        for (const [shape, text] of Object.entries(shapes)) {
          const redacted = hidden.text(text);
          expect(leaksIn(shape, redacted, { [what]: secret }), redacted).toEqual([]);
          expect(redacted, shape).toContain('[redacted]');
        }
      }
    });
});

test('secretsIn returns the keys and the passwords in every secret setting, without hosts, users and databases', () => {
  const { 'a token issued in the run': _, "an own server's key": __, ...ofSettings } = canaries;
  const values = secretsIn(secretSettings).map(({ value }) => value);
  expect(values).toEqual(expect.arrayContaining(Object.values(ofSettings)));
  expect(values, 'values without hosts, users and databases').not.toEqual(
    expect.arrayContaining([expect.stringMatching(/127\.0\.0\.1|admin@|reader/)]),
  );
  expect(secretsIn({ DATABASE_URL: 'postgres://ann:p@ss/w@db/shop' }).map(({ value }) => value)).toEqual(['p@ss/w']);
});

test('a secret that is short or an ordinary word or number is redacted only next to its name', () => {
  const plain = ['7', 'test', 'abcd', 'password', 'postgres', 'SECRET', 'Admin', '20261130'];
  const hideable = ['key-1', 'hunter2', 'sk-a1b2', 'correct-horse', 'correcthorsebattery', '123456789012'];
  expect([...plain, ...hideable].filter(canBeHidden)).toEqual(hideable);
  const { text } = createRedactor(plain);
  expect(text('test 7 of 20261130: the password of postgres')).toBe('test 7 of 20261130: the password of postgres');
  expect(text('PASSWORD=postgres')).toBe('PASSWORD=[redacted]');
});

test('a part of a secret is redacted from a third of its length on, unless it consists of ordinary words', () => {
  const key = 'sk-Ab3dEf6hIj9lMn2pQr5t';
  const { text } = createRedactor([key, 'local-development-key']);
  expect(text(`it begins with ${key.slice(0, 8)}`)).toBe('it begins with [redacted]');
  expect(text(`it begins with ${key.slice(0, 6)}`)).toBe(`it begins with ${key.slice(0, 6)}`);
  expect(text('of local development, the local-development environment')).toBe(
    'of local development, the local-development environment',
  );
  expect(text('local-development-key')).toBe('[redacted]');
});

test('the sweep finds a token of a worker in whole and in base64, and leaves text alone that shares a piece with it', () => {
  const password = 'user-b155e84b3ab5@plumbline.test';
  const finder = new Finder();
  finder.add(password, true);
  expect(finder.isIn(`{"password":"${password}"}`), 'the whole value').toBe(true);
  expect(finder.isIn(Buffer.from(`x:${password}`).toString('base64')), 'the whole value in base64').toBe(true);
  expect(finder.isIn('{"email":"user-b155e84b3ab7@plumbline.test"}'), 'a value that begins and ends alike').toBe(false);
});

test('of many tokens of one issuer, which begin and go on alike, each is found in whole and by a third of it', () => {
  const claims = (i: number) =>
    JSON.stringify({ sub: `u${i * 7919}`, aud: 'api', iss: 'reference', iat: 1796069577 + i });
  const tokens = Array.from({ length: 300 }, (_, i) =>
    ['{"alg":"HS256","typ":"JWT"}', claims(i), `${i * 104729} is no signature`]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.'),
  );
  const finder = new Finder();
  for (const token of tokens) finder.add(token);
  for (const token of tokens) {
    const third = Math.ceil(token.length / 3);
    for (const piece of [token, ...[0, 7, 20, token.length - third].map((at) => token.slice(at, at + third))])
      expect(finder.spansIn(`it was ${piece}!`), `${piece} of ${token}`).toContainEqual({
        start: 'it was '.length,
        end: 'it was '.length + piece.length,
      });
  }
});

test('the finder recognises the beginning of a secret at the end of a write', () => {
  const finder = new Finder();
  finder.add('sk-Ab3dEf6hIj9lMn2pQr5t');
  expect(
    ['x sk-A', 'x sk-', 'x sk-Ab3dEf6hIj9lMn2pQr5', 'nothing', ''].map((text) => finder.beginningAtEnd(text)),
  ).toEqual([4, 0, 22, 0, 0]);
});

test('redaction of a worker’s messages keeps their structure and the ids that Playwright uses', () => {
  const step = {
    testId: 'password=hunter2x',
    stepId: 'a',
    title: 'asks with password=hunter2x',
    wallTime: 1,
    location: { file: '/p', line: 3 },
  };
  const message = (params: object) => ({ method: '__dispatch__', params: { method: 'stepBegin', params } });
  const nowhere = () => undefined;
  expect(redactMessage(message(step), nowhere)).toEqual(message({ ...step, title: 'asks with password=[redacted]' }));
  const produced = { method: '__env_produced__', params: [['A_PASSWORD', 'hunter2x']] };
  expect(redactMessage(produced, nowhere)).toBe(produced);
  const body = Buffer.from('{"password":"hunter2x"}').toString('base64');
  const attach = {
    method: '__dispatch__',
    params: { method: 'attach', params: { testId: 't', name: 'n', contentType: 'c', body } },
  };
  const redacted = redactMessage(attach, nowhere) as typeof attach;
  expect(Buffer.from(redacted.params.params.body, 'base64').toString()).toBe('{"password":"[redacted]"}');
});

test('secrets are redacted in bytes that only start like an archive', () => {
  const hide = (text: string) => ({ text: text.replace('hunter2', 'x'), found: Number(text.includes('hunter2')) });
  for (const magic of ['PK\x03\x04', '\x1f\x8b'])
    expect(Buffer.from(clean(Buffer.from(`${magic} hunter2 \xff`, 'latin1'), hide).bytes).toString('latin1')).toBe(
      `${magic} x \xff`,
    );
});

test('control characters and direction marks are shown as escapes, so that they do not act on a terminal', () => {
  const hostile = 'a\x1b[31m\x1b[8m\x1b]0;t\x07\0\b\r\u202e\x9bz\r\n\tb';
  expect(visible(hostile)).toBe('a\\x1b[31m\\x1b[8m\\x1b]0;t\\x07\\x00\\x08\\r\\u202e\\u009bz\r\n\tb');
  expect(visibleInColour(hostile)).toBe('a\x1b[31m\\x1b[8m\\x1b]0;t\\x07\\x00\\x08\\r\\u202e\\u009bz\r\n\tb');
});

test('the search of a long text for a thousand secrets takes linear time, whatever the text contains', () => {
  const finder = new Finder();
  for (let i = 0; i < 1_000; i += 1) finder.add(`token-${i}-${'aB3dEf'.repeat(5)}${i * 7919}`);
  const { text } = createRedactor(Object.values(canaries));
  const started = performance.now();
  const fillers = [
    'a',
    '"',
    '\\"',
    '\\',
    '"a":"',
    '1,',
    '\n',
    '\r\n1\r\n',
    '\\n',
    '\x1b[1m',
    '%25',
    '&amp;',
    '","',
    'ab:',
    '+ ',
    '12 ab,',
  ];
  for (const filler of fillers) text(filler.repeat(100_000 / filler.length));
  expect(finder.spansIn('aB3d'.repeat(25_000)).length).toBeGreaterThanOrEqual(0);
  expect(performance.now() - started).toBeLessThan(5_000);
});
