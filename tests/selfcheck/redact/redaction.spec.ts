import { expect, test } from '@playwright/test';
import { createRedactor } from '../../../fixtures/redact/redactor.ts';
import { credentialsIn } from '../../../fixtures/wire/credentials.ts';
import type { Exchange } from '../../../fixtures/wire/exchange.ts';

// These secrets are invented, and assembled here so that no scanner reports this file as a leak.
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'].join(
  '.',
);
const tokenStart = jwt.slice(0, jwt.indexOf('.') + 4);
const opaque = 'q8Zr/4+Yb2Lk9+XwPz0a1B3cD5e==';
const openaiKey = `sk-${'abc123DEF456'.repeat(3)}`;
const githubKey = `ghp_${'a1B2c3D4e5'.repeat(4)}`;
const pem = ['-----BEGIN RSA PRIVATE KEY-----', 'MIIEow', 'IBAAKC', '-----END RSA PRIVATE KEY-----'].join('\n');
const basic = `Basic ${Buffer.from('ann:hunter2-pass').toString('base64')}`;

const { text, headers, url, bytes, value } = createRedactor();

test.describe('secrets by their place', () => {
  const rows: [where: string, input: string, secret: string][] = [
    ['a JSON field', `{"password":"hunter2","user":"ann"}`, 'hunter2'],
    ['a JSON field with spaces and an escaped quote', `{ "password" : "a\\"b hunter2" , "n": 1 }`, 'hunter2'],
    ['a JSON field that ends with a backslash', `{"password":"hunter2\\\\","next":"kept"}`, 'hunter2'],
    ['nested JSON', `{"a":[{"b":{"client_secret":"hunter2"}}]}`, 'hunter2'],
    ['JSON in a JSON string', JSON.stringify({ log: JSON.stringify({ password: 'x"y hunter2', n: 1 }) }), 'hunter2'],
    ['JSON in JSON in JSON', JSON.stringify([JSON.stringify({ a: JSON.stringify({ apiKey: 'hunter2' }) })]), 'hunter2'],
    ['JSON that was cut off', `{"access_token":"hunter2-and-no-end`, 'hunter2'],
    ['a number', `{"db_password":12345678}`, '12345678'],
    ['a token field', `{"token":"${opaque}"}`, opaque],
    ['a refresh token that looks like a word', `{"refreshToken":"plainword"}`, 'plainword'],
    ['an event stream', `event: done\ndata: {"session_token":"hunter2"}\n\ndata: [DONE]\n\n`, 'hunter2'],
    ['a bearer header in text', `sent Authorization: Bearer ${opaque} to it`, opaque],
    ['a bearer header in lower case', `authorization=bearer ${opaque}`, opaque],
    ['a basic header in text', `curl -H "${basic}"`, basic.slice(6)],
    ['a header line', `> Cookie: sid=hunter2; theme=dark\r\n> accept: */*`, 'hunter2'],
    ['a JWT', `got ${jwt}.`, jwt],
    ['a JWT without its signature', `got ${jwt.split('.').slice(0, 2).join('.')}.`, jwt.split('.')[1] ?? ''],
    ['an OpenAI key', `Incorrect API key provided: ${openaiKey}`, openaiKey],
    ['a GitHub key', `token was ${githubKey}`, githubKey],
    ['an AWS key id', `AKIA${'ABCDEFGH12345678'} was used`, 'ABCDEFGH12345678'],
    ['a private key', `key:\n${pem}\nend`, 'MIIEow'],
    ['a private key that was cut off', pem.slice(0, 40), 'MIIEow'],
    ['a Postgres URL', 'connect to postgres://ann:hunter2@db:5432/shop failed', 'hunter2'],
    ['a Postgres URL with an @ and a / in the password', 'postgresql://ann:h@/unter2@db/shop', 'unter2'],
    ['a Redis URL with a password only', 'redis://:hunter2@cache:6379/0', 'hunter2'],
    ['a MongoDB URL', 'mongodb+srv://ann:hunter2@c0.example.net/?w=1', 'hunter2'],
    ['a URL with a user and password', 'GET https://ann:hunter2@example.net/a?b=c', 'hunter2'],
    ['a key=value connection string', 'host=db user=ann password=hunter2 dbname=shop', 'hunter2'],
    ['a quoted value after a key', `password='hunter 2 pass' host=db`, 'hunter 2'],
    ['an ADO connection string', 'Server=db;User Id=ann;Pwd=hunter2;', 'hunter2'],
    ['an environment variable', 'MODEL_SERVER_API_KEY=hunter2', 'hunter2'],
    ['a YAML line', '  api_key: hunter2', 'hunter2'],
    ['a query string in text', 'GET /x?a=1&api_key=hunter2&b=2 404', 'hunter2'],
  ];
  for (const [where, input, secret] of rows)
    test(`a secret in ${where} is redacted`, () => {
      const output = text(input);
      expect(input, 'the input contains the secret').toContain(secret);
      expect(output).not.toContain(secret);
      expect(output).toContain('[redacted]');
      expect(text(output), 'the output after a second redaction').toBe(output);
    });
});

test.describe('text around secrets', () => {
  const rows: [input: string, output: string][] = [
    ['{"password":"hunter2\\\\","next":"kept"}', '{"password":"[redacted]","next":"kept"}'],
    [
      JSON.stringify({ log: JSON.stringify({ password: 'x"y', n: 1 }) }),
      JSON.stringify({ log: JSON.stringify({ password: '[redacted]', n: 1 }) }),
    ],
    ['{"db_password":12345678,"n":1.0}', '{"db_password":"[redacted]","n":1.0}'],
    [
      JSON.stringify({ log: JSON.stringify({ db_password: 12345678, n: 1 }) }),
      JSON.stringify({ log: JSON.stringify({ db_password: '[redacted]', n: 1 }) }),
    ],
    ['to postgres://ann:hunter2@db:5432/shop?x=1 now', 'to postgres://[redacted]@db:5432/shop?x=1 now'],
    ['host=db password=hunter2 dbname=shop', 'host=db password=[redacted] dbname=shop'],
    ['> Cookie: a=b\r\n> accept: */*', '> Cookie: [redacted]\r\n> accept: */*'],
  ];
  for (const [input, output] of rows)
    test(`redaction keeps the text around the secret in: ${input}`, () => expect(text(input)).toBe(output));
});

test.describe('text without secrets', () => {
  const rows = [
    'The password: must be at least 8 characters long and hold a digit.',
    'password is required',
    '{"errors":[{"field":"password","message":"too short"}]}',
    '{"prompt_tokens":12,"completion_tokens":30,"total_tokens":42,"max_tokens":256}',
    '{"logprobs":{"content":[{"token":"Hello","logprob":-0.01,"bytes":[72]}]}}',
    '{"token":" internationalization"}',
    'event: token\ndata: {"text":"SELECT"}\n\n',
    'the bearer of good news, Bearer authentication is required',
    'Basic authentication, basic instructions, basic understanding',
    'www-authenticate: Bearer realm="api", error="invalid_token"',
    'The secret of a good query is its index. Keys: a, b. Cookie recipe: flour.',
    'SELECT name, value FROM private.secrets WHERE id = 1',
    'http://127.0.0.1:54321/api/v1/sql?limit=10&offset=20',
    'https://example.net/a:b@c',
    'mail bob@example.com about http://localhost:8080/path',
    '{"id":"0193c8a2-7b1e-7c3a-9f00-aabbccddeeff","sha256":"9f86d081884c7d659a2feaa0c55ad015"}',
    '{"code":"42703","hint":"Perhaps you meant to reference the column \\"customers.signed_up_date\\"."}',
    'x-ratelimit-remaining-tokens: 1200',
    'time: 12:30:45, ratio=0.5, key: value, session: 3',
    'eyJ is how base64 of {" begins',
    'sk-learn is a library; the task-12345 is done',
    'José, Zoë, Łukasz, 小林 🙂',
    '',
  ];
  for (const row of rows)
    test(`redaction leaves text without a secret unchanged: ${row || '(empty)'}`, () => expect(text(row)).toBe(row));
});

test('redaction removes credentials from headers and keeps their scheme', () => {
  const given = {
    authorization: `Bearer ${opaque}`,
    'proxy-authorization': basic,
    cookie: 'sid=hunter2',
    'set-cookie': 'sid=hunter2; HttpOnly',
    'x-api-key': 'k',
    'x-auth-token': 'plain',
    'x-internal-secret': 'plain',
    'content-type': 'application/json',
    'x-ratelimit-limit-tokens': '90000',
    'x-request-id': '0193c8a2-7b1e-7c3a-9f00-aabbccddeeff',
    location: '/cb?access_token=hunter2x',
  };
  expect(headers(given)).toEqual({
    ...given,
    authorization: 'Bearer [redacted]',
    'proxy-authorization': 'Basic [redacted]',
    cookie: '[redacted]',
    'set-cookie': '[redacted]',
    'x-api-key': '[redacted]',
    'x-auth-token': '[redacted]',
    'x-internal-secret': '[redacted]',
    location: '/cb?access_token=[redacted]',
  });
});

test('redaction of a URL removes secret query parameters and keeps the others', () => {
  expect(
    url(`https://u:p@h/a?token=short&limit=5&api%5Fkey=x&sig=abc&key=name&key=${opaque.slice(0, 20)}1a#access_token=x`),
  ).toBe(
    'https://[redacted]@h/a?token=[redacted]&limit=5&api%5Fkey=[redacted]&sig=[redacted]&key=name&key=[redacted]#access_token=[redacted]',
  );
});

test('known secrets are redacted in plain text and as URL, JSON and base64 encodings', () => {
  const secret = 'pa ss/wörd"1';
  const known = createRedactor([secret, 'abc', 'hunter2-longer', 'hunter2']);
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret), Buffer.from(secret).toString('base64')];
  for (const form of forms) expect(known.text(`x ${form} y`)).toMatch(/^x "?\[redacted\]"?=* y$/);
  expect(known.text('hunter2-longer hunter2')).toBe('[redacted] [redacted]');
  expect(known.text('the abc of it'), 'text with a value that is too short to redact').toBe('the abc of it');
  expect(Buffer.from(known.bytes(Buffer.from(`x ${secret} y`))).toString()).toBe('x [redacted] y');
});

test('redaction keeps the bytes around a secret, and returns the same object for bytes without a secret', () => {
  const innocent = Buffer.from([0xff, 0xfe, ...Buffer.from('data: Zoë\n\n')]);
  expect(bytes(innocent)).toBe(innocent);
  const guilty = Buffer.concat([innocent, Buffer.from('data: {"password":"hunter2"}\n\n'), Buffer.from([0xc3])]);
  const clean = Buffer.concat([innocent, Buffer.from('data: {"password":"[redacted]"}\n\n'), Buffer.from([0xc3])]);
  expect(Buffer.from(bytes(guilty)).equals(clean)).toBe(true);
});

test('redaction of data replaces values under secret keys at any depth and changes nothing else', () => {
  const given = {
    a: [{ password: 'x', n: 1, none: null, yes: true }],
    secret: ['p', 'q'],
    schema: { password: { type: 'string' } },
  };
  expect(value(given)).toEqual({
    a: [{ password: '[redacted]', n: 1, none: null, yes: true }],
    secret: ['[redacted]', '[redacted]'],
    schema: { password: { type: 'string' } },
  });
});

test('credentialsIn returns the credentials of an exchange that look random, and no ordinary words', () => {
  const exchange = {
    request: {
      // The last one is the beginning of every such token.
      headers: {
        authorization: `Bearer ${opaque}`,
        cookie: 'sid=abcdef0123456789; theme=dark',
        'x-api-key': tokenStart,
      },
      body: { text: '{"password":"correct-horse"}' },
    },
    response: { headers: {}, body: { text: `{"access_token":"${jwt}"}` } },
    stream: null,
  } as unknown as Exchange;
  expect(credentialsIn([exchange])).toEqual([opaque, 'abcdef0123456789', jwt]);
});

test('a part of a text is searched for plain secrets, and the whole text for secrets in pieces', () => {
  const key = 'sk_9aB3dEf6hIj9lMn2p';
  const redactor = createRedactor([key]);
  const bits = [...key].map((bit) => `{"delta":"${bit}"}`).join('\n');
  for (const plain of [`it is ${key}`, 'password=hunter2', '{"token":"abcdef0123456789"}', 'Authorization: hunter2'])
    expect(redactor.part(plain)).toBe(redactor.text(plain));
  expect(redactor.part(bits)).toBe(bits);
  expect(redactor.text(JSON.stringify({ body: redactor.part(bits) }))).not.toContain('E');
});

test('redaction of a megabyte without line breaks takes linear time', () => {
  const started = performance.now();
  for (const filler of ['a', 'a.', 'a-', '"', '\\"', '\\', 'a:', 'eyJ', 'password=', '://', '@', ' ', 'Bearer '])
    text(filler.repeat(1_000_000 / filler.length));
  expect(performance.now() - started).toBeLessThan(10_000);
});
