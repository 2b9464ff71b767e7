import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { readJaeger } from '../../../fixtures/suites/traces/jaeger.ts';
import { serve } from '../support/http-servers.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const answer = {
  data: [
    {
      traceID: traceId,
      spans: [
        {
          traceID: traceId,
          spanID: '00f067aa0ba902b7',
          operationName: 'POST /v1/chat/completions',
          references: [{ refType: 'CHILD_OF', traceID: traceId, spanID: 'b7ad6b7169203331' }],
          startTime: 1_700_000_000_000_500,
          duration: 1_500,
          tags: [
            { key: 'span.kind', type: 'string', value: 'server' },
            { key: 'error', type: 'bool', value: true },
          ],
          processID: 'p1',
        },
      ],
      processes: { p1: { serviceName: 'gateway' } },
    },
  ],
};

const jaeger = (status: number, body: string) => serve((_, response) => void response.writeHead(status).end(body));

test('readJaeger converts the spans of Jaeger to the form of exported spans', requirement('RT-04'), async () => {
  await using server = await jaeger(200, JSON.stringify(answer));
  expect(await readJaeger(`${server.url}/`, traceId)).toEqual([
    expect.objectContaining({
      traceId,
      parentId: 'b7ad6b7169203331',
      name: 'POST /v1/chat/completions',
      kind: 'server',
      service: 'gateway',
      startMs: 1_700_000_000_000.5,
      endMs: 1_700_000_000_002,
      error: true,
    }),
  ]);
});

test('readJaeger returns no spans for a trace that Jaeger does not know yet', requirement('RT-04'), async () => {
  await using server = await jaeger(404, '{"data":null,"errors":[{"code":404}]}');
  expect(await readJaeger(server.url, traceId)).toEqual([]);
});

for (const [what, status, body] of [
  ['a server that answers 500', 500, 'no storage'],
  ['a server that is not Jaeger', 200, '<html>'],
] as const)
  test(`readJaeger fails for ${what} with an error that names TARGET_TRACES_URL`, requirement('STACK-07'), async () => {
    await using server = await jaeger(status, body);
    await expect(readJaeger(server.url, traceId)).rejects.toThrow(
      `No trace can be read at TARGET_TRACES_URL=${server.url}`,
    );
  });
