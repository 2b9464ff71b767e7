import net from 'node:net';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import {
  chat,
  contextSize,
  endless,
  expect,
  expectIdle,
  type ModelUnderTest,
  metric,
  post,
  slots,
  test,
} from '../../selfcheck/support/model-server.ts';

test.describe.configure({ mode: 'default' });

const path = '/v1/chat/completions';
const busy = (model: ModelUnderTest) => metric(model, 'model_slots', 'state="busy"');
const cancelled = (model: ModelUnderTest) => metric(model, 'model_requests_total', 'outcome="cancelled"');

/** Disconnects as soon as `when` holds, and checks that the server ends the generation. */
async function leave(
  model: ModelUnderTest,
  body: unknown,
  when: (response: Promise<Response>) => Promise<unknown>,
): Promise<void> {
  const before = await cancelled(model);
  const generated = await metric(model, 'model_generated_tokens_total');
  const client = new AbortController();
  const response = post(model.url + path, body, { signal: client.signal });
  response.catch(() => undefined);
  await when(response);
  client.abort();
  await expectIdle(model);
  expect(await cancelled(model)).toBe(before + 1);
  // Otherwise all four choices would have filled their contexts.
  expect((await metric(model, 'model_generated_tokens_total')) - generated).toBeLessThan(slots * (contextSize - 50));
}

const allBusy = (model: ModelUnderTest) =>
  expect.poll(() => busy(model), { intervals: [1], timeout: 5_000 }).toBe(slots);

test(
  'a client that disconnects before the response headers frees its slots in the model server',
  requirement('STREAM-14'),
  async ({ model }) => {
    await leave(model, endless({ n: slots }), () => allBusy(model));
  },
);

test(
  'a client that disconnects in mid-stream frees its slots in the model server',
  requirement('STREAM-14'),
  async ({ model }) => {
    await leave(model, endless({ n: slots, stream: true }), async (response) => {
      const reader = (await response).body?.getReader();
      for (let i = 0; i < 3; i++) await reader?.read();
    });
  },
);

test(
  'the model server drops a queued request whose client disconnects',
  requirement('STREAM-14'),
  async ({ model }) => {
    const hogs = new AbortController();
    const hogging = post(model.url + path, endless({ n: slots, stream: true }), { signal: hogs.signal });
    await (await hogging).body?.getReader().read();
    const waiting = new AbortController();
    const request = post(model.url + path, endless({ n: 2 }), { signal: waiting.signal });
    request.catch(() => undefined);
    await expect.poll(() => metric(model, 'model_queue_depth'), { intervals: [1] }).toBe(2);
    waiting.abort();
    await expect.poll(() => metric(model, 'model_queue_depth'), { intervals: [1] }).toBe(0);
    hogs.abort();
    await expectIdle(model);
  },
);

test('the model server still answers after a storm of disconnects', requirement('STREAM-15'), async ({ model }) => {
  await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const signal = AbortSignal.timeout(5 + i * 5);
      await post(model.url + path, endless({ stream: i % 2 === 0 }), { signal })
        .then((response) => response.text())
        .catch(() => undefined);
    }),
  );
  await expectIdle(model);
  expect((await post(model.url + path, chat('Hello', { max_tokens: 2 }))).status).toBe(200);
});

test(
  'a client that never reads its stream does not stall other clients',
  requirement('STREAM-16'),
  async ({ model }) => {
    const socket = net.connect({ port: Number(new URL(model.url).port), host: '127.0.0.1' });
    const body = JSON.stringify(endless({ stream: true, n: slots, logprobs: true, top_logprobs: 20 }));
    socket.pause();
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    await allBusy(model);
    expect((await post(model.url + path, chat('Hello', { max_tokens: 2 }))).status).toBe(200);
    await expect.poll(() => busy(model), { timeout: 10_000, intervals: [10] }).toBe(0);
    socket.destroy();
    await expectIdle(model);
  },
);
