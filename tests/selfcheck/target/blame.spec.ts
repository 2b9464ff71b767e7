import { expect, type TestInfo, test } from '@playwright/test';
import { loadConfig } from '../../../fixtures/config/index.ts';
import { usesBundledModel } from '../../../fixtures/config/model.ts';
import { resolveBudgets } from '../../../fixtures/spec/budgets.ts';
import { blameByExchanges } from '../../../fixtures/target/blame.ts';
import type { Exchange } from '../../../fixtures/wire/exchange.ts';
import { project } from '../support/reported-run.ts';

const answered = (text: string, status = 422): Exchange =>
  ({
    method: 'POST',
    url: 'http://127.0.0.1:1/api/v1/sql',
    response: { status, body: { text } },
    stream: null,
    error: null,
  }) as unknown as Exchange;

/** The annotations of a test that ended in this way. */
function blame(
  of: { status?: string; exchanges?: Exchange[] },
  env: Record<string, string> = { MODEL_PATH: '/models/weak.gguf' },
): string[] {
  const annotations: { description?: string }[] = [];
  const testInfo = { status: of.status ?? 'failed', expectedStatus: 'passed', annotations, errors: [] };
  blameByExchanges(testInfo as unknown as TestInfo, of.exchanges ?? [], loadConfig(env));
  return annotations.map(({ description }) => description ?? '');
}

const unusable = answered('{"type":"urn:problem:sql_generation_failed","status":422}');

test('a failed test is attributed to the model when the service reported that it could not use the model’s output', () => {
  expect(blame({ exchanges: [answered('{"rows":[]}'), unusable, unusable] })).toEqual([
    'weak: the service could not use its output, type:urn:problem:sql_generation_failed (POST /api/v1/sql, 2 times)',
  ]);
  expect(blame({ exchanges: [answered('{"executed":false,"reason":"low_confidence"}')] })[0]).toContain(
    'low_confidence',
  );
  expect(blame({ exchanges: [answered('{"answered":false}')] })[0]).toContain('answered:false');
  expect(blame({ exchanges: [unusable] }, { TARGET_URL: 'http://127.0.0.1:1' })[0]).toMatch(
    /^the model behind the target: /,
  );
});

test('a failed test is not attributed to the model without such a report from the service', () => {
  expect(blame({ exchanges: [answered('{"code":"internal"}')] })).toEqual([]);
  expect(blame({ exchanges: [unusable, answered('{}', 500)] }), 'the service also answered with 500').toEqual([]);
  expect(blame({ status: 'passed', exchanges: [unusable] }), 'the test passed').toEqual([]);
  expect(blame({ exchanges: [unusable] }, {}), 'the run uses the bundled model, which is known to answer').toEqual([]);
});

const unsent = (message: string): Exchange =>
  ({ ...answered(''), response: null, error: { kind: 'unsent', code: 'UND_ERR_INVALID_ARG', message } }) as Exchange;

test('a test that fails on a request that the client refused to send is attributed to neither the service nor the model', () => {
  const refused = unsent('GET http://127.0.0.1:1/a b was not sent: Plumbline’s own client refused the path\n  more');
  const ended = (message: string, exchanges: Exchange[]) => {
    const annotations: TestInfo['annotations'] = [];
    const testInfo = { status: 'failed', expectedStatus: 'passed', annotations, errors: [{ message }] } as const;
    blameByExchanges(
      { ...testInfo, errors: [...testInfo.errors] },
      exchanges,
      loadConfig({ MODEL_PATH: '/models/weak.gguf' }),
    );
    return annotations;
  };
  expect(ended(`WireError: ${refused.error?.message}`, [unusable, refused])).toEqual([
    { type: 'client', description: 'GET http://127.0.0.1:1/a b was not sent: Plumbline’s own client refused the path' },
  ]);
  expect(ended('expected 1 to be 2', [refused]), 'the test refused the request on purpose').toEqual([]);
  expect(ended('expected 1 to be 2', [refused, unusable]), 'the test failed for another reason').toMatchObject([
    { type: 'model' },
  ]);
});

test('a model other than the bundled one is named after its file and has no accuracy budgets', () => {
  expect(loadConfig({ MODEL_PATH: '/models/Qwen2.5 Coder.Q4.gguf' }).MODEL_ID).toBe('Qwen2.5-Coder.Q4');
  expect(loadConfig({}).MODEL_ID).toBe('plumbline-tiny');
  expect(usesBundledModel(loadConfig({}))).toBe(true);
  expect(usesBundledModel(loadConfig({ MODEL_PATH: 'weak.gguf' }))).toBe(false);
  expect(usesBundledModel(loadConfig({ TARGET_URL: 'http://127.0.0.1:1' }))).toBe(false);
  expect(resolveBudgets(undefined, false)).toMatchObject({
    'sql.accuracy': 0,
    'sql.confidence': 0.7,
    'ask.accuracy': 0,
  });
  expect(resolveBudgets('sql.accuracy=0.9', false)['sql.accuracy']).toBe(0.9);
});

test('the model reporter counts failures by model, client and service, and lists those of the service', async ({}, testInfo) => {
  const spec = `import { test, expect } from '@playwright/test';
test('the model is wrong', { annotation: { type: 'model', description: 'judged is what it says' } }, () => expect(1).toBe(2));
test('the service is wrong', () => expect(1).toBe(2));
test('the request is wrong', { annotation: { type: 'client', description: 'was not sent' } }, () => expect(1).toBe(2));
test('all is well', () => {});
`;
  const reporters = "['$root/fixtures/reporters/model.ts', { outputFile: 'model.json' }],";
  const { run } = await project(testInfo, { 'a.spec.ts': spec }, { reporters });
  const { output, json } = await run();
  expect(output).toMatch(
    /Failures: 1 of what the model said \(annotation `model`\), 1 of requests that could not be sent \(annotation `client`\), 1 of the service:\n.*the service is wrong/,
  );
  expect(await json('model.json')).toMatchObject({
    model: [{ reason: 'judged is what it says' }],
    client: [{ reason: 'was not sent' }],
    service: [{ reason: null }],
  });
});
