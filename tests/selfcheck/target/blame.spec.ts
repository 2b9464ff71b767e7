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

/** What a test that ended so would be annotated with. */
function blame(
  of: { status?: string; said?: Exchange[] },
  env: Record<string, string> = { MODEL_PATH: '/models/weak.gguf' },
): string[] {
  const annotations: { description?: string }[] = [];
  const testInfo = { status: of.status ?? 'failed', expectedStatus: 'passed', annotations, errors: [] };
  blameByExchanges(testInfo as unknown as TestInfo, of.said ?? [], loadConfig(env));
  return annotations.map(({ description }) => description ?? '');
}

const unusable = answered('{"type":"urn:problem:sql_generation_failed","status":422}');

test('a failure where the service said that the model gave nothing of use is the model’s', () => {
  expect(blame({ said: [answered('{"rows":[]}'), unusable, unusable] })).toEqual([
    'weak: the service could not use what it said, type:urn:problem:sql_generation_failed (POST /api/v1/sql, 2 times)',
  ]);
  expect(blame({ said: [answered('{"executed":false,"reason":"low_confidence"}')] })[0]).toContain('low_confidence');
  expect(blame({ said: [answered('{"answered":false}')] })[0]).toContain('answered:false');
  expect(blame({ said: [unusable] }, { TARGET_URL: 'http://127.0.0.1:1' })[0]).toMatch(
    /^the model behind the target: /,
  );
});

test('every other failure is the service’s', () => {
  expect(blame({ said: [answered('{"code":"internal"}')] })).toEqual([]);
  expect(blame({ said: [unusable, answered('{}', 500)] }), 'something was worse').toEqual([]);
  expect(blame({ status: 'passed', said: [unusable] }), 'nothing failed').toEqual([]);
  expect(blame({ said: [unusable] }, {}), 'the bundled model is known to answer').toEqual([]);
});

const unsent = (message: string): Exchange =>
  ({ ...answered(''), response: null, error: { kind: 'unsent', code: 'UND_ERR_INVALID_ARG', message } }) as Exchange;

test('a failure for a request that the client refused to send is the test’s own, and of neither service nor model', () => {
  const refused = unsent('GET http://127.0.0.1:1/a b was not sent: Plumbline’s own client refused the path\n  more');
  const ended = (message: string, said: Exchange[]) => {
    const annotations: TestInfo['annotations'] = [];
    const testInfo = { status: 'failed', expectedStatus: 'passed', annotations, errors: [{ message }] } as const;
    blameByExchanges(
      { ...testInfo, errors: [...testInfo.errors] },
      said,
      loadConfig({ MODEL_PATH: '/models/weak.gguf' }),
    );
    return annotations;
  };
  expect(ended(`WireError: ${refused.error?.message}`, [unusable, refused])).toEqual([
    { type: 'client', description: 'GET http://127.0.0.1:1/a b was not sent: Plumbline’s own client refused the path' },
  ]);
  expect(ended('expected 1 to be 2', [refused]), 'it was sent on purpose').toEqual([]);
  expect(ended('expected 1 to be 2', [refused, unusable]), 'it broke nothing').toMatchObject([{ type: 'model' }]);
});

test('another model has its file’s name, prompts of its own, and no budget that nobody measured', () => {
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

test('the run ends with how many failures are the model’s and the client’s, and which are the service’s', async ({}, testInfo) => {
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
