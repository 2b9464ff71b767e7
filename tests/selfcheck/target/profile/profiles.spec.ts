import fs from 'node:fs';
import { expect, test } from '@playwright/test';
import { loadConfig } from '../../../../fixtures/config/index.ts';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { defineProfile } from '../../../../fixtures/target/profile/define.ts';
import { loadProfile } from '../../../../fixtures/target/profile/load.ts';
import { lacking, needs } from '../../../../fixtures/target/profile/needs.ts';
import { resolveProfile } from '../../../../fixtures/target/profile/resolve.ts';
import type { ProfileInput } from '../../../../fixtures/target/profile/schema.ts';
import { plainResponse } from '../../../../fixtures/wire/response.ts';

/** A profile as its author may get it wrong: the compiler would say so too, but an inline spec has none. */
const written = (profile: object) => () => defineProfile({ name: 'mine', ...profile } as ProfileInput);

const misspelt = [
  ['a capability', { sqll: true }, 'sqll is unknown. Did you mean sql?'],
  ['a path', { sql: { paths: { aks: '/query' } } }, 'sql.paths.aks is unknown. Did you mean ask?'],
  [
    'a field of the request',
    { sql: { request: { qestion: 'text' } } },
    'sql.request.qestion is unknown. Did you mean question?',
  ],
  ['a field of the answer', { sql: { response: { row: 'r' } } }, 'sql.response.row is unknown. Did you mean rows?'],
  ['a part', { chat: { lacks: ['steaming'] } }, 'chat.lacks.0: "steaming" is no part of it. Did you mean streaming?'],
  ['a section', { sql: { path: {} } }, 'sql.path is unknown. Did you mean paths?'],
  ['the key', { key: { heder: 'x' } }, 'key.heder is unknown. Did you mean header?'],
  ['something unlike all', { zzzzzzzz: true }, 'zzzzzzzz is unknown. Known: name, key, health'],
] as const;

for (const [what, profile, message] of misspelt)
  test(`${what} that is misspelt is named, with the nearest right name`, requirement('STACK-07'), () => {
    expect(written(profile)).toThrow(message);
  });

test('every mistake of a profile is told at once', requirement('STACK-07'), () => {
  const wrong = written({ sql: { paths: { ask: 'query' }, request: { question: 'a..b' } }, chatt: true });
  expect(wrong).toThrow(/sql\.paths\.ask is "query": a path that begins with \//);
  expect(wrong).toThrow(/sql\.request\.question is "a\.\.b": a dotted place/);
  expect(wrong).toThrow(/chatt is unknown\. Did you mean chat\?/);
});

test(
  'a profile that is none, and a file that is not there, are named',
  requirement('STACK-07'),
  async ({}, testInfo) => {
    await expect(loadProfile('opnai')).rejects.toThrow('TARGET_PROFILE="opnai" is no profile. Did you mean openai?');
    await expect(loadProfile('./none.ts')).rejects.toThrow('TARGET_PROFILE=./none.ts: there is no such file.');
    const empty = testInfo.outputPath('empty.mjs');
    fs.writeFileSync(empty, 'export const profile = {};');
    await expect(loadProfile(empty)).rejects.toThrow('the file has no `export default defineProfile({ … })`');
  },
);

const mine = resolveProfile(
  defineProfile({
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
const sql = mine.at('sql');

test('a request goes out in the service’s words, and an answer comes in in ours', () => {
  expect(sql.path('ask', { id: 'a/b' })).toBe('/query/a%2Fb');
  expect(sql.request({ question: 'Who?', execute: true })).toEqual({ ask: { text: 'Who?' }, execute: true });
  expect(sql.request([1])).toEqual([1]);
  const theirs = { generated_sql: 'SELECT 1', result: { rows: [[1]] }, score: 0.5 };
  expect(sql.read(theirs)).toMatchObject({ sql: 'SELECT 1', rows: [[1]], confidence: 0.5 });
  expect(sql.read({ ...theirs, result: null })).toMatchObject({ rows: null });
  expect(mine.keyHeaders('k')).toEqual({ 'x-api-key': 'k' });
  expect(mine.keyHeaders(undefined)).toEqual({});
});

test('a place that the answer does not have is named, with the nearest that it has', requirement('STACK-07'), () => {
  const bytes = Buffer.from(JSON.stringify({ generatedSql: 'SELECT 1', result: { rows: [] }, score: 1 }));
  const exchange = { response: { status: 200, headers: {} } } as Parameters<typeof plainResponse>[0];
  expect(() => sql.answer(plainResponse(exchange, bytes)).json()).toThrow(
    'The profile "mine" says that sql\'s sql is at "generated_sql" of the answer, where there is nothing. Did you mean generatedSql?',
  );
});

const attached = loadConfig({ TARGET_URL: 'http://127.0.0.1:1' });

const needed = [
  ['sql', undefined],
  ['sql.confidence', undefined],
  ['sql.streaming', /^needs sql\.streaming: the target has no such part, says profile "mine"/],
  ['chat.usage', undefined],
  ['chat.streaming', /^needs chat\.streaming: /],
  ['documents', /^needs documents: the target has none, says profile "mine"/],
  ['started target', /^needs a started target: /],
  ['gold databases', /set TARGET_DATABASES/],
] as const;

for (const [need, reason] of needed)
  test(`${need} is ${reason ? 'missed by name' : 'there'}`, requirement('STACK-08'), () => {
    const said = lacking(need, mine, attached);
    if (reason) expect(said).toMatch(reason);
    else expect(said).toBeUndefined();
  });

test('a target that this run starts has everything', requirement('STACK-08'), async () => {
  const reference = await loadProfile(loadConfig({}).TARGET_PROFILE);
  for (const [need] of needed) expect(lacking(need, reference, loadConfig({}))).toBeUndefined();
});

test('an unknown capability is refused where it is needed, and does not compile', () => {
  // @ts-expect-error: the name is misspelt
  expect(() => needs('docments')).toThrow("needs('docments'): there is no such capability. Did you mean documents?");
  expect(requirement('SQL-01', needs('sql')).annotation).toEqual([
    { type: 'requirement', description: 'SQL-01' },
    { type: 'needs', description: 'sql' },
  ]);
});
