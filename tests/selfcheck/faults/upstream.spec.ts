import http from 'node:http';
import { lies, startUpstream } from '../../../fixtures/faults/upstream/index.ts';
import { expect, faultTest as test } from '../../../fixtures/index.ts';
import { outcomes as outcomesOf, runInline } from '../support/inline-run.ts';
import { ask, type Heard, jsonOf } from './plain-client.ts';
import { lieRows } from './upstream-lies.ts';

for (const [title, lie, stream, check] of lieRows)
  test(`a plain client is told ${title}, once, and then the truth`, async ({ startUpstream, model: _ }) => {
    const upstream = await startUpstream();
    const told = upstream.lie(lie, { from: 2, times: 1 });
    const whole = stream ? '[DONE]' : '"choices"';
    expect((await ask(upstream.url, stream)).text).toContain(whole);
    expect(told.told()).toBe(0);
    check(await ask(upstream.url, stream, { leaveAfter: /endless|silence/.test(title) ? 500 : 10_000 }));
    await expect.poll(() => told.told()).toBe(1);
    const honest = await ask(upstream.url, stream, { leaveAfter: 10_000 });
    expect([honest.status, honest.error, told.told()]).toEqual([200, undefined, 1]);
    expect(honest.text).toContain(whole);
  });

test('what is passed on is what the model server says, chunk by chunk, and only calls that fit are lied to', async ({
  startUpstream,
  stack,
}) => {
  const upstream = await startUpstream();
  const direct = await ask(stack.model.url, false, { leaveAfter: 10_000 });
  const passed = await ask(upstream.url, false, { leaveAfter: 10_000 });
  const content = (heard: Heard) => (jsonOf(heard)['choices'] as { message: object }[])[0]?.message;
  expect(content(passed)).toEqual(content(direct));
  const timed = (headers: http.IncomingHttpHeaders) => Object.keys(headers).sort();
  expect(timed(passed.headers)).toEqual(timed(direct.headers));

  const other = upstream.lie(lies.status(500), { saying: /something else/ });
  const probes = upstream.lie(lies.status(503), { path: '/v1/models' });
  expect((await ask(upstream.url, false, { leaveAfter: 10_000 })).status).toBe(200);
  expect((await fetch(`${upstream.url}/v1/models`)).status).toBe(503);
  probes.stop();
  expect((await fetch(`${upstream.url}/v1/models`)).status).toBe(200);
  expect([other.told(), probes.told()]).toEqual([0, 1]);
  await fetch(`${upstream.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'x', prompt: 'something else' }),
  });
  expect(other.told()).toBe(1);
});

test('a caller that leaves ends the request to the model server; one that breaks off there is broken off here', async () => {
  const gone = Promise.withResolvers<void>();
  const server = http.createServer((request, response) => {
    if (request.url === '/break') {
      response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
      return;
    }
    response.once('close', () => gone.resolve());
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await using upstream = await startUpstream(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
  const left = await ask(upstream.url, true, { path: '/stay', leaveAfter: 300 });
  expect([left.text, left.error]).toEqual(['data: first\n\n', 'ABORT_ERR']);
  await gone.promise;
  const broken = await ask(upstream.url, true, { path: '/break' });
  expect([broken.text, broken.error]).toEqual(['half', 'ECONNRESET']);
  server.close();
});

test('a lie that there was no occasion for is not counted, and a test whose lie was never told fails', async ({
  startUpstream,
}, testInfo) => {
  const upstream = await startUpstream();
  const cut = upstream.lie(lies.cutAfter(1000), { times: 1 });
  expect((await ask(upstream.url, true, { leaveAfter: 10_000 })).text).toContain('[DONE]');
  expect(cut.told()).toBe(0);
  upstream.lie(lies.cutAfter(0), { times: 1 });
  await ask(upstream.url, true);
  // So that this test's own end is not what it is about.
  Object.assign(cut, { told: () => 1 });

  const run = await runInline(testInfo, {
    'untold.spec.ts': `
import { lies, faultTest as test } from '$fixtures';
test('never lied to', async ({ startUpstream }) => {
  (await startUpstream()).lie(lies.status(503));
});`,
  });
  const [outcome] = outcomesOf(run);
  expect(outcome?.status).toBe('failed');
  expect(outcome?.errors.join()).toMatch(/Invalid: these lies were never told.*status 503/s);
});
