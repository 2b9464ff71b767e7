import fs from 'node:fs';
import { expect, test } from '@playwright/test';
import { loadConfig } from '../../../../fixtures/config/index.ts';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { defineTarget } from '../../../../fixtures/target/profile/define.ts';
import { lacking } from '../../../../fixtures/target/profile/lacking.ts';
import { loadProfile } from '../../../../fixtures/target/profile/load.ts';
import { needs } from '../../../../fixtures/target/profile/needs.ts';
import { resolveProfile } from '../../../../fixtures/target/profile/resolve.ts';
import type { ProfileInput } from '../../../../fixtures/target/profile/schema.ts';
import { plainResponse } from '../../../../fixtures/wire/response.ts';

/** A profile that may contain mistakes, which the compiler would find in a TypeScript file. */
const written = (profile: object) => () => defineTarget({ name: 'mine', ...profile } as ProfileInput);

const misspelt = [
  ['a misspelt capability', { sqll: true }, 'sqll is unknown. Did you mean sql?'],
  ['a misspelt path', { sql: { paths: { aks: '/query' } } }, 'sql.paths.aks is unknown. Did you mean ask?'],
  [
    'a misspelt field of the request',
    { sql: { request: { qestion: 'text' } } },
    'sql.request.qestion is unknown. Did you mean question?',
  ],
  [
    'a misspelt field of the answer',
    { sql: { response: { row: 'r' } } },
    'sql.response.row is unknown. Did you mean rows?',
  ],
  [
    'a misspelt part',
    { chat: { lacks: ['steaming'] } },
    'chat.lacks.0: "steaming" is not a part of it. Did you mean streaming?',
  ],
  ['a misspelt section', { sql: { path: {} } }, 'sql.path is unknown. Did you mean paths?'],
  ['a misspelt field of the key', { key: { heder: 'x' } }, 'key.heder is unknown. Did you mean header?'],
  ['an unknown name', { zzzzzzzz: true }, 'zzzzzzzz is unknown. Known: name, key, health'],
] as const;

for (const [what, profile, message] of misspelt)
  test(`defineTarget refuses ${what} and suggests the known names`, requirement('STACK-07'), () => {
    expect(written(profile)).toThrow(message);
  });

test('defineTarget reports every mistake of a profile at once', requirement('STACK-07'), () => {
  const wrong = written({ sql: { paths: { ask: 'query' }, request: { question: 'a..b' } }, chatt: true });
  expect(wrong).toThrow(/sql\.paths\.ask is "query": write a path that begins with \//);
  expect(wrong).toThrow(/sql\.request\.question is "a\.\.b": write a dotted path/);
  expect(wrong).toThrow(/chatt is unknown\. Did you mean chat\?/);
});

test(
  'loadProfile refuses an unknown profile, a missing file and a file without a profile',
  requirement('STACK-07'),
  async ({}, testInfo) => {
    await expect(loadProfile('opnai')).rejects.toThrow('TARGET_PROFILE="opnai" is not a profile. Did you mean openai?');
    await expect(loadProfile('./none.ts')).rejects.toThrow('TARGET_PROFILE=./none.ts: there is no such file.');
    const empty = testInfo.outputPath('empty.mjs');
    fs.writeFileSync(empty, 'export const profile = {};');
    await expect(loadProfile(empty)).rejects.toThrow('the file has no `export default defineTarget({ … })`');
  },
);

const mine = resolveProfile(
  defineTarget({
    name: 'mine',
    key: { header: 'x-api-key' },
    chat: { lacks: ['streaming'] },
    sql: {
      paths: { ask: '/query/{id}' },
      request: { question: 'ask.text' },
      response: { sql: 'generated_sql', rows: 'result.rows', confidence: 'score' },
    },
  }),
);
const sql = mine.capability('sql');

test('a profile translates field names of requests to those of the service, and of answers back', () => {
  expect(sql.path('ask', { id: 'a/b' })).toBe('/query/a%2Fb');
  expect(sql.request({ question: 'Who?', execute: true })).toEqual({ ask: { text: 'Who?' }, execute: true });
  expect(sql.request([1])).toEqual([1]);
  const theirs = { generated_sql: 'SELECT 1', result: { rows: [[1]] }, score: 0.5 };
  expect(sql.read(theirs)).toMatchObject({ sql: 'SELECT 1', rows: [[1]], confidence: 0.5 });
  expect(sql.read({ ...theirs, result: null })).toMatchObject({ rows: null });
  expect(mine.keyHeaders('k')).toEqual({ 'x-api-key': 'k' });
  expect(mine.keyHeaders(undefined)).toEqual({});
});

test(
  'an answer without the field that the profile names gives an error that suggests the nearest field',
  requirement('STACK-07'),
  () => {
    const bytes = Buffer.from(JSON.stringify({ generatedSql: 'SELECT 1', result: { rows: [] }, score: 1 }));
    const exchange = { response: { status: 200, headers: {} } } as Parameters<typeof plainResponse>[0];
    expect(() => sql.answer(plainResponse(exchange, bytes)).json()).toThrow(
      'The profile "mine" sets sql.response.sql to "generated_sql", but the answer has nothing there. Did you mean generatedSql?',
    );
  },
);

const attached = loadConfig({ TARGET_URL: 'http://127.0.0.1:1' });

const needed = [
  ['sql', undefined],
  ['sql.confidence', undefined],
  [
    'sql.streaming',
    /^needs sql\.streaming: the profile "mine" \(TARGET_PROFILE\) says that the target lacks this part/,
  ],
  ['chat.usage', undefined],
  ['chat.streaming', /^needs chat\.streaming: /],
  ['documents', /^needs documents: the profile "mine" \(TARGET_PROFILE\) says that the target lacks it/],
  ['started target', /^needs a started target: /],
  ['gold databases', /set TARGET_DATABASES/],
] as const;

for (const [need, reason] of needed)
  test(`a test that needs ${need} is ${reason ? 'skipped with the reason' : 'run'}`, requirement('STACK-08'), () => {
    const skipReason = lacking(need, mine, attached);
    if (reason) expect(skipReason).toMatch(reason);
    else expect(skipReason).toBeUndefined();
  });

test('a target that the run itself starts has every capability', requirement('STACK-08'), async () => {
  const reference = await loadProfile(loadConfig({}).TARGET_PROFILE);
  for (const [need] of needed) expect(lacking(need, reference, loadConfig({}))).toBeUndefined();
});

test('needs() refuses an unknown capability at run time and at compile time', () => {
  // @ts-expect-error: the name is misspelt
  expect(() => needs('docments')).toThrow("needs('docments'): there is no such capability. Did you mean documents?");
  expect(requirement('SQL-01', needs('sql')).annotation).toEqual([
    { type: 'requirement', description: 'SQL-01' },
    { type: 'needs', description: 'sql' },
  ]);
});
