import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { StatementFailure } from '../../../servers/reference/databases/failures.ts';
import { toJson } from '../../../servers/reference/databases/values.ts';
import { createLogger } from '../../../servers/reference/logging/logger.ts';
import { redactor } from '../../../servers/reference/logging/redact.ts';
import { confidence, confidenceInNone, jointProbability, tokensOf } from '../../../servers/reference/sql/confidence.ts';
import { extractSql } from '../../../servers/reference/sql/extract.ts';
import { followHint } from '../../../servers/reference/sql/hint.ts';
import { validateQuery } from '../../../servers/reference/sql/validate.ts';
import { beginSpan, contextOf, traceOf } from '../../../servers/reference/tracing/context.ts';
import { startTracing } from '../../../servers/reference/tracing/start.ts';

test.describe('the query in a model’s answer', () => {
  const rows: [title: string, answer: string, sql: string | undefined][] = [
    ['bare', 'SELECT 1', 'SELECT 1'],
    ['bare, in lower case, with a semicolon', ' select 1 ;\n', 'select 1'],
    ['over lines', 'SELECT id\nFROM a\nWHERE b = 1;', 'SELECT id\nFROM a\nWHERE b = 1'],
    ['fenced', 'Sure!\n```sql\nSELECT 1;\n```\nThis returns one.', 'SELECT 1'],
    ['fenced without a language', '```\nSELECT 1\n```', 'SELECT 1'],
    ['fenced and cut off', '```sql\nSELECT 1', 'SELECT 1'],
    ['in the second fence', '```python\nprint(1)\n```\n```sql\nSELECT 2\n```', 'SELECT 2'],
    ['in backticks', 'Use `SELECT 1`', undefined],
    ['in backticks after a colon', 'The query is: `SELECT 1`', 'SELECT 1'],
    ['with prose before and behind', 'Here you go:\n\nSELECT 1;\n\nIt counts.', 'SELECT 1'],
    ['with prose on the same line', 'Query: SELECT 1; it is simple', 'SELECT 1'],
    ['a common table expression', 'WITH t AS (SELECT 1) SELECT * FROM t;', 'WITH t AS (SELECT 1) SELECT * FROM t'],
    ['after reasoning', '<think>\nSELECT 9\n</think>\nSELECT 1', 'SELECT 1'],
    ['nothing but reasoning', '<think>SELECT 9', undefined],
    ['a semicolon in a string', "SELECT ';' AS a; done", "SELECT ';' AS a"],
    ['a second statement is kept', 'SELECT 1; DROP TABLE customers;', 'SELECT 1; DROP TABLE customers'],
    ['a second statement behind a comment is kept', 'SELECT 1; -- x\nDROP TABLE a', 'SELECT 1; -- x\nDROP TABLE a'],
    ['a change is kept whole', 'DELETE FROM a WHERE id IN (SELECT 1)', 'DELETE FROM a WHERE id IN (SELECT 1)'],
    ['a set operation in parentheses', '(SELECT 1) UNION (SELECT 2)', '(SELECT 1) UNION (SELECT 2)'],
    ['prose that starts like SQL', 'With pleasure. I cannot answer that.', undefined],
    ['prose', 'I do not know.', undefined],
    ['nothing', '', undefined],
  ];
  for (const [title, answer, sql] of rows)
    test(`an answer yields ${sql === undefined ? 'no query' : 'its query'}: ${title}`, () =>
      expect(extractSql(answer)).toBe(sql));
});

test.describe('the rules for queries', () => {
  const rules = {
    schemas: ['public'],
    volatileFunctions: new Set(['nextval', 'query_to_xml', 'random', 'set_config']),
  };
  const rows: [sql: string, code: string | undefined][] = [
    ['SELECT count(*) FROM customers', undefined],
    ['SELECT * FROM public.customers c JOIN orders o ON o.customer_id = c.id', undefined],
    ['WITH t AS (SELECT 1 AS a) SELECT a FROM t', undefined],
    ['WITH pg_t AS (SELECT 1 AS a) SELECT a FROM pg_t', undefined],
    ['SELECT 1 UNION ALL SELECT 2 ORDER BY 1', undefined],
    ['SELECT random(), now(), lower(name) FROM customers', undefined],
    ['SELECT 1 frm a b', '42601'],
    ['-- only a comment', 'no_query'],
    ['SELECT 1; SELECT 2', 'not_read_only'],
    ['SELECT 1; DROP TABLE customers', 'not_read_only'],
    ['DELETE FROM customers', 'not_read_only'],
    ["UPDATE customers SET name = 'x'", 'not_read_only'],
    ['TRUNCATE customers', 'not_read_only'],
    ["COPY customers TO PROGRAM 'sh'", 'not_read_only'],
    ['EXPLAIN ANALYZE SELECT 1', 'not_read_only'],
    ['DO $$ BEGIN END $$', 'not_read_only'],
    ['SET statement_timeout = 0', 'not_read_only'],
    ['WITH gone AS (DELETE FROM customers RETURNING *) SELECT * FROM gone', 'not_read_only'],
    ['SELECT * FROM (WITH g AS (INSERT INTO a VALUES (1) RETURNING *) SELECT * FROM g) s', 'not_read_only'],
    ['SELECT * INTO stolen FROM customers', 'not_read_only'],
    ['SELECT * FROM customers FOR UPDATE', 'not_read_only'],
    ['SELECT * FROM (SELECT * FROM customers FOR SHARE) s', 'not_read_only'],
    ['SELECT * FROM private.secrets', 'schema_not_allowed'],
    ['SELECT (SELECT value FROM private.secrets LIMIT 1)', 'schema_not_allowed'],
    ['SELECT * FROM information_schema.tables', 'schema_not_allowed'],
    ['SELECT * FROM pg_roles', 'schema_not_allowed'],
    ["SELECT nextval('s')", 'function_not_allowed'],
    ["SELECT pg_read_file('x')", 'function_not_allowed'],
    ["SELECT table_to_xml('private.secrets', true, false, '')", 'function_not_allowed'],
    ["SELECT pg_catalog.set_config('statement_timeout', '0', false)", 'function_not_allowed'],
  ];
  for (const [sql, code] of rows)
    test(`the query ${sql} is ${code ? `refused with ${code}` : 'allowed'}`, async () => {
      const failure = await validateQuery(sql, rules).catch((error: unknown) => error);
      expect(failure instanceof StatementFailure ? failure.statement.code : failure).toBe(code);
    });
});

test('confidence is the route’s probability times the geometric mean of the probabilities of the query’s tokens', () => {
  const tokens = [
    { text: 'So: ', logprob: Math.log(0.1) },
    { text: 'SELECT', logprob: Math.log(0.9) },
    { text: ' 1', logprob: Math.log(0.4) },
  ];
  const own = tokensOf('SELECT 1', 'So: SELECT 1', tokens);
  expect(own).toHaveLength(2);
  expect(confidence(0.5, own)).toBe(0.3);
  expect(jointProbability(own)).toBeCloseTo(0.36);
  expect(confidence(1, [])).toBe(0.5);
});

test('a router that finds no fitting database never leads to a confident answer', () => {
  expect(confidenceInNone(0.99)).toBe(0.01);
  expect(confidenceInNone(0.2)).toBe(0.5);
});

test('values in rows keep every digit, and times are in UTC', () => {
  expect(toJson('10.50', { name: 'numeric' })).toBe('10.50');
  expect(toJson('9007199254740991', { name: 'int8' })).toBe(9007199254740991);
  expect(toJson('9007199254740993', { name: 'int8' })).toBe('9007199254740993');
  expect(toJson('2024-03-01 10:00:00.123456+00', { name: 'timestamptz' })).toBe('2024-03-01T10:00:00.123456Z');
  expect(toJson('2024-03-01', { name: 'date' })).toBe('2024-03-01');
  expect(toJson('NaN', { name: 'float8' })).toBe('NaN');
  expect(toJson('f', { name: 'bool' })).toBe(false);
  expect(toJson('{{1,NULL},{3,4}}', { name: 'int4[]', element: 'int4' })).toEqual([
    [1, null],
    [3, 4],
  ]);
  expect(toJson(null, { name: 'int4' })).toBeNull();
});

test('secrets are redacted from a finished log line', () => {
  const redact = redactor(['s3cret-key', undefined]);
  const line = 'connect postgres://reader:p%40ss@db/shop failed; Authorization: Bearer abc.def; key s3cret-key';
  expect(redact(line)).toBe(
    'connect postgres://reader:[redacted]@db/shop failed; Authorization: Bearer [redacted]; key [redacted]',
  );
});

test('an error that carries a connection string is logged without its password', () => {
  const lines: string[] = [];
  const databases = { shop: 'postgres://reader:hu%40sh@db/shop' };
  const logger = createLogger(
    { LOG_LEVEL: 'info', SQL_DATABASES: databases, MODEL_SERVER_API_KEY: 'key-1234' },
    (line) => lines.push(line),
  );
  logger.error({ err: new Error(`no ${databases.shop}, nor "hu@sh", nor key-1234`) }, 'failed');
  expect(lines.join('')).toContain('postgres://reader:[redacted]@db/shop');
  for (const secret of ['hu%40sh', 'hu@sh', 'key-1234']) expect(lines.join('')).not.toContain(secret);
});

test.describe('traceparent', () => {
  const id = '0af7651916cd43dd8448eb211c80319c';
  const rows: [string | undefined, boolean][] = [
    [`00-${id}-b7ad6b7169203331-01`, true],
    [`cc-${id}-b7ad6b7169203331-01-future`, true],
    [`00-${id}-b7ad6b7169203331-01-extra`, false],
    [`ff-${id}-b7ad6b7169203331-01`, false],
    [`00-${'0'.repeat(32)}-b7ad6b7169203331-01`, false],
    [`00-${id}-${'0'.repeat(16)}-01`, false],
    [`00-${id.toUpperCase()}-b7ad6b7169203331-01`, false],
    [undefined, false],
  ];
  for (const [header, continued] of rows)
    test(`the traceparent ${header} ${continued ? 'is continued' : 'is ignored, and a new trace begins'}`, async () => {
      await startTracing({ OTEL_BSP_SCHEDULE_DELAY: 1_000 });
      const parent = contextOf({ traceparent: header });
      const trace = traceOf(beginSpan('request', {}, parent), parent);
      expect(trace.traceId === id).toBe(continued);
      expect(trace.spanId).not.toBe('b7ad6b7169203331');
    });
});

const missing = { code: '42703', message: 'column "signup_date" does not exist' };
const hinted = { ...missing, hint: 'Perhaps you meant to reference the column "customers.signed_up_date".' };

test('the database’s hint is applied to a query, and its string literals are left alone', requirement('SQL-11'), () => {
  const sql = "SELECT name, c.signup_date FROM customers c WHERE note = 'signup_date' AND signup_dates > 1";
  expect(followHint(sql, hinted)).toBe(
    "SELECT name, c.signed_up_date FROM customers c WHERE note = 'signup_date' AND signup_dates > 1",
  );
  expect(followHint(sql, missing)).toBeUndefined();
  expect(followHint(sql, { code: '42601', message: 'syntax error at or near "x"' })).toBeUndefined();
});
