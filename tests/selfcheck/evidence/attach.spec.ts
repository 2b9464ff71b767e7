import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type TestInfo, test } from '@playwright/test';
import { attachExchanges, attempt } from '../../../fixtures/evidence/attach.ts';
import { type LatencySummary, summarise } from '../../../fixtures/evidence/summary.ts';
import { attachmentsOf, project } from '../support/reported-run.ts';
import { plain, recorded, sample, variety } from './samples.ts';

const opaque = `tok${'a1B2c3D4'.repeat(4)}`;

const spec = `import { createServer } from 'node:http';
import { test as playwright } from '@playwright/test';
import { evidenceFixtures } from '$root/fixtures/evidence/fixtures.ts';
import { createHttpClient } from '$root/fixtures/wire/http.ts';
const test = playwright.extend(evidenceFixtures).extend({
  http: async ({ recorder }, use) => {
    const server = createServer((request, response) => {
      if (request.url === '/login') return response.end('{"access_token":"${opaque}"}');
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"password":"hunter2"}\\n\\ndata: ${opaque} Zoë\\n\\n');
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const http = createHttpClient({ baseUrl: 'http://127.0.0.1:' + server.address().port, recorder, headers: { authorization: 'Bearer ${opaque}' } });
    await use(http);
    await http.close();
    server.close();
  },
});
const talk = async (http) => {
  await http.request('POST', '/login', { json: { password: 'hunter2' } });
  await (await http.stream('GET', '/events?api_key=hunter2')).done();
};
test('passes', async ({ http, evidence }) => {
  evidence.onFailure('service.log', () => { throw new Error('must not be asked'); });
  await talk(http);
});
test('fails', async ({ http, evidence }) => {
  evidence.onFailure('service.log', async () => 'GET /x ${opaque}\\nDATABASE_URL=postgres://ann:hunter2@db/shop my-setting-9');
  evidence.onFailure('broken.log', () => { throw new Error('no such log'); });
  evidence.secret('my-setting-9');
  await talk(http);
  throw new Error('as it should');
});
test('says nothing', () => {});
`;

test('a test that sent requests has its exchanges attached, a failed one its logs too, and none contains a secret', async ({}, testInfo) => {
  test.slow();
  const { folder, run } = await project(testInfo, { 'a.spec.ts': spec });
  const { code, output, report } = await run();
  expect(code).toBe(1);

  const passed = attachmentsOf(report, 'passes');
  expect(passed.map(({ name, contentType, body }) => [name, contentType, body !== undefined])).toEqual([
    ['latency waterfall', 'image/svg+xml', true],
    ['latency summary', 'application/json', true],
    ['stream-2.svg', 'image/svg+xml', false],
    ['stream-2.sse', 'text/event-stream', false],
    ['stream-2.timing.json', 'application/json', false],
    ['exchanges.json', 'application/json', false],
  ]);
  const file = (name: string, of = passed): Promise<string> =>
    readFile(of.find((attachment) => attachment.name === name)?.path ?? '', 'utf8');
  expect(await file('stream-2.sse')).toBe('data: {"password":"[redacted]"}\n\ndata: [redacted] Zoë\n\n');
  const { clock, exchanges } = JSON.parse(await file('exchanges.json'));
  expect(clock).toEqual({ epoch: expect.any(Number), monotonic: expect.any(Number) });
  expect(exchanges).toMatchObject([
    {
      method: 'POST',
      connection: 'new',
      request: { headers: { authorization: 'Bearer [redacted]' }, body: { text: '{"password":"[redacted]"}' } },
      response: { status: 200, body: { text: '{"access_token":"[redacted]"}' } },
      stamps: { queued: expect.any(Number), end: expect.any(Number) },
    },
    {
      url: expect.stringMatching(/\/events\?api_key=\[redacted\]$/),
      connection: 'reused',
      stream: {
        file: 'stream-2.sse',
        bytes: expect.any(Number),
        events: [{ at: expect.any(Number), name: 'message' }, {}],
      },
    },
  ]);

  const failed = attachmentsOf(report, 'fails');
  expect(failed.map(({ name }) => name)).toEqual([
    ...passed.map(({ name }) => name),
    'service.log',
    'broken.log: evidence failed',
    'error-context',
  ]);
  expect(await file('service.log', failed)).toBe(
    'GET /x [redacted]\nDATABASE_URL=postgres://[redacted]@db/shop [redacted]',
  );
  expect(attachmentsOf(report, 'says nothing')).toEqual([]);
  expect(output).toMatch(/POST \/login +2 /);
  expect(output).toMatch(/GET \/events +2 /);

  // Playwright's own error context quotes the spec, which contains the secrets.
  const entries = await readdir(join(folder, 'results'), { recursive: true, withFileTypes: true });
  const written = entries.filter((entry) => entry.isFile() && entry.name !== 'error-context.md');
  expect(written.map(({ name }) => name).sort()).toEqual(
    [
      '.last-run.json',
      'service.log',
      ...['exchanges.json', 'stream-2.sse', 'stream-2.svg', 'stream-2.timing.json'].flatMap((name) => [name, name]),
    ].sort(),
  );
  const bodies = [...passed, ...failed].map(({ body }) => Buffer.from(body ?? '', 'base64').toString());
  const files = await Promise.all(written.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')));
  for (const text of [...bodies, ...files])
    for (const secret of [opaque, 'hunter2', 'my-setting-9']) expect(text).not.toContain(secret);
});

/** The part of a TestInfo that evidence uses, in memory. */
function fakeTestInfo(outputPath: (name: string) => string) {
  const attachments: TestInfo['attachments'] = [];
  const annotations: TestInfo['annotations'] = [];
  const attach = async (
    name: string,
    { body, contentType = '' }: { body?: string | Buffer; contentType?: string } = {},
  ) => void attachments.push({ name, contentType, ...(body === undefined ? {} : { body: Buffer.from(body) }) });
  return { attachments, annotations, attach, outputPath } as unknown as TestInfo;
}

test('evidence that cannot be written is replaced by the reason, and the test goes on', async ({}, testInfo) => {
  const gone = testInfo.outputPath('gone');
  await rm(gone, { recursive: true, force: true });
  const info = fakeTestInfo((name) => join(gone, name));
  await attachExchanges(info, recorded(variety), []);
  expect(info.attachments.map(({ name }) => name)).toEqual([
    'latency waterfall',
    'latency summary',
    'exchanges: evidence failed',
  ]);
  expect(String(info.attachments.at(-1)?.body)).toMatch(/could not be made: Error: ENOENT/);
});

test('a test is annotated with the reason if neither its evidence nor the reason can be attached', async () => {
  const info = fakeTestInfo((name) => name);
  info.attach = () => Promise.reject(new Error('disk full'));
  await attempt(info, 'logs', () => Promise.reject(new Error('no such log')));
  expect(info.annotations).toEqual([{ type: 'evidence failed', description: 'logs: Error: no such log' }]);
});

test('a picture too large for the page of the report is attached by path', async ({}, testInfo) => {
  const many = Array.from({ length: 60 }, (_, i) =>
    sample({ path: `/${'p'.repeat(900)}${i}`, events: [i], stamps: { queued: i, firstByte: i + 1, end: i + 2 } }),
  );
  const info = fakeTestInfo((name) => testInfo.outputPath(name));
  await attachExchanges(info, recorded(many), []);
  const [picture] = info.attachments;
  expect(picture).toMatchObject({ name: 'latency waterfall', contentType: 'image/svg+xml', path: expect.any(String) });
  expect(picture?.body).toBeUndefined();
});

test('a latency summary counts an endpoint once whatever its ids, and keeps failed requests out of the times', () => {
  const id = '0193c8a2-7b1e-7c3a-9f00-aabbccddeeff';
  const exchanges = [
    plain(0, 10, { path: `/api/v1/jobs/${id}` }),
    plain(10, 30, { path: '/api/v1/jobs/17?verbose=1' }),
    plain(20, 500, { path: '/api/v1/jobs/18', failure: 'timeout', status: null }),
    sample({
      path: '/v1/chat/completions',
      method: 'POST',
      stamps: { queued: 100, firstByte: 110, firstToken: 140, end: 200 },
    }),
    plain(0, 1, { path: '/api/v1/jobs/1', label: 'model server' }),
  ];
  const jobs = { endpoint: 'GET /api/v1/jobs/{id}', label: 'service', n: 3, failed: 1, ms: [10, 30], ttftMs: [] };
  expect(summarise(exchanges)).toEqual({
    exchanges: 5,
    failed: 1,
    spanMs: 520,
    slowest: 'GET /api/v1/jobs/{id}: 500 ms',
    endpoints: [
      jobs,
      { endpoint: 'POST /v1/chat/completions', label: 'service', n: 1, failed: 0, ms: [100], ttftMs: [40] },
      { ...jobs, label: 'model server', n: 1, failed: 0, ms: [1] },
    ],
  } satisfies LatencySummary);
});
