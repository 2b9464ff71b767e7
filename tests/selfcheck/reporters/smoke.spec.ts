import type { ServerResponse } from 'node:http';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { serve } from '../support/http-servers.ts';
import { outcomes, runProject } from '../support/inline-run.ts';
import { project } from '../support/reported-run.ts';

const usage = { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7 };
const says = (content: string | null, counted: object | null = usage) => ({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: counted,
});
const error = (message: string) => ({ error: { message, type: 'invalid_request_error', param: 'model', code: null } });

/** How each model of the stub answers a greeting: status and body. */
const models: Record<string, readonly [number, object]> = {
  well: [200, says('Hello!')],
  mute: [200, says(' ')],
  uncounted: [200, says('Hello!', { ...usage, completion_tokens: 0 })],
  broken: [500, error('out of memory')],
  'embeds-only': [400, error('This model does not support chat completions')],
};

const json = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** A server that lists these models. */
const listing = (ids: readonly string[]) =>
  serve(async (request, response) => {
    const text = Buffer.concat((await Array.fromAsync(request)) as Buffer[]).toString('utf8');
    const { model } = JSON.parse(text || '{}') as { model?: string };
    if (request.url === '/v1/models')
      return json(response, 200, { object: 'list', data: ids.map((id) => ({ id, object: 'model' })) });
    if (request.url === '/v1/embeddings' && model === 'embeds-only')
      return json(response, 200, { object: 'list', model, data: [{ index: 0, embedding: [0.1, 0.2] }], usage });
    const [status, body] = models[model ?? ''] ?? [400, error('name a model')];
    json(response, status, body);
  });

const smoke = ['--project=journey', 'smoke.spec'];

test(
  'the smoke test passes for a deployment whose models all answer, one of which only embeds',
  requirement('MODELS-05'),
  async ({}, testInfo) => {
    await using server = await listing(['well', 'embeds-only']);
    const run = await runProject(testInfo, smoke, { TARGET_URL: server.url });
    expect(outcomes(run).map(({ status, errors }) => [status, errors])).toEqual([['passed', []]]);
  },
);

test(
  'the smoke test names each model that fails and what is wrong with it',
  requirement('MODELS-05'),
  async ({}, testInfo) => {
    await using server = await listing(Object.keys(models));
    const run = await runProject(testInfo, smoke, { TARGET_URL: server.url });
    const [only] = outcomes(run);
    expect(only?.status).toBe('failed');
    const message = only?.errors.join() ?? '';
    expect(message).toContain('mute: says nothing (finish_reason stop)');
    expect(message).toContain('uncounted: counts no completion tokens');
    expect(message).toMatch(/broken: .*status 500[\s\S]*out of memory/);
    expect(message).not.toMatch(/(well|embeds-only): /);
  },
);

test(
  'the smoke test fails for a deployment without a chat model or without any model',
  requirement('MODELS-05'),
  async ({}, testInfo) => {
    for (const ids of [['embeds-only'], []]) {
      await using server = await listing(ids);
      const run = await runProject(testInfo, smoke, { TARGET_URL: server.url });
      expect(
        outcomes(run).map(({ status }) => status),
        ids.join(),
      ).toEqual(['failed']);
    }
  },
);

test('a smoke run ends with a table of the models', requirement('MODELS-05'), async ({}, testInfo) => {
  const row = {
    model: 'tiny',
    kind: 'chat',
    ms: 41.2,
    promptTokens: 4,
    completionTokens: 3,
    says: 'Hello!',
    error: null,
  };
  const bad = { ...row, model: 'large', kind: 'none', ms: null, says: '', error: 'out of\nmemory' };
  const summary = JSON.stringify({ target: 'http://there', greetings: [row, bad] });
  const spec = `import { test } from '@playwright/test';
test('smoke', async ({}, testInfo) => testInfo.attach('smoke', { body: ${JSON.stringify(summary)}, contentType: 'application/json' }));`;
  const reporters = "['$root/fixtures/reporters/smoke.ts'],";
  const { run } = await project(testInfo, { 'a.spec.ts': spec }, { reporters });
  const { output } = await run();
  expect(output).toContain('Smoke: 1 of 2 models answer at http://there');
  expect(output).toMatch(/tiny +chat +41 +4 +3 +Hello!\n/);
  expect(output).toMatch(/large +FAILS +– +4 +3 +out of memory\n/);
});
