import http from 'node:http';
import { lies, startUpstream } from '../../../fixtures/faults/upstream/index.ts';
import { expect, faultTest as test } from '../../../fixtures/index.ts';
import { outcomes as outcomesOf, runInline } from '../support/inline-run.ts';
import { ask, type Heard, jsonOf } from './plain-client.ts';
import { lieRows } from './upstream-lies.ts';

for (const [title, lie, stream, check] of lieRows)
  test(`a lying upstream answers once with ${title}, and then passes on the answers of the model server`, async ({
    startUpstream,
    model: _,
  }) => {
    const upstream = await startUpstream();
    const applied = upstream.lie(lie, { from: 2, times: 1 });
    const whole = stream ? '[DONE]' : '"choices"';
    expect((await ask(upstream.url, stream)).text).toContain(whole);
    expect(applied.answered()).toBe(0);
    check(await ask(upstream.url, stream, { leaveAfter: /endless|silence/.test(title) ? 500 : 10_000 }));
    await expect.poll(() => applied.answered()).toBe(1);
    const honest = await ask(upstream.url, stream, { leaveAfter: 10_000 });
    expect([honest.status, honest.error, applied.answered()]).toEqual([200, undefined, 1]);
    expect(honest.text).toContain(whole);
  });

test('a lying upstream passes on answers unchanged and lies only to requests that match its filter', async ({
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
  expect([other.answered(), probes.answered()]).toEqual([0, 1]);
  await fetch(`${upstream.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'x', prompt: 'something else' }),
  });
  expect(other.answered()).toBe(1);
});

test('a lying upstream holds an answer back until it is released, and other calls pass meanwhile', async ({
  startUpstream,
}) => {
  const upstream = await startUpstream();
  const gate = Promise.withResolvers<void>();
  const held = upstream.lie(lies.heldUntil(gate.promise), { times: 1 });
  const answer = ask(upstream.url, true, { leaveAfter: 10_000 });
  await expect.poll(() => held.answered()).toBe(1);
  const first = await Promise.race([
    answer,
    ask(upstream.url, true, { leaveAfter: 10_000 }).then(() => 'the next call'),
  ]);
  expect(first).toBe('the next call');
  gate.resolve();
  expect((await answer).text).toContain('[DONE]');
});

test('a lying upstream passes a call on to the model server when its lie returns no text for that call', async ({
  startUpstream,
}) => {
  const upstream = await startUpstream();
  const scripted = upstream.lie(lies.says(({ stream }) => (stream ? 'mine' : undefined)));
  expect((await ask(upstream.url, false, { leaveAfter: 10_000 })).text).not.toContain('mine');
  expect([scripted.answered(), upstream.passed()]).toEqual([0, 1]);
  expect((await ask(upstream.url, true)).text).toContain('mine');
  expect([scripted.answered(), upstream.passed()]).toEqual([1, 1]);
});

test('an upstream without a model server answers with its lies, records the calls, and answers 501 to a call without a lie', async () => {
  await using upstream = await startUpstream();
  upstream.lie(lies.lists('one', 'two'));
  upstream.lie(lies.says('Hello'), { saying: /respond/ });
  const list = (await (await fetch(`${upstream.url}/v1/models`)).json()) as { data: { id: string }[] };
  expect(list.data.map(({ id }) => id)).toEqual(['one', 'two']);
  expect(jsonOf(await ask(upstream.url, false))).toHaveProperty('choices.0.message.content', 'Hello');
  const unfit = await ask(upstream.url, false, { path: '/v1/embeddings' });
  expect([unfit.status, unfit.text]).toEqual([501, expect.stringContaining('No lie fits POST /v1/embeddings')]);
  expect(upstream.calls.map(({ path, text }) => [path, text])).toEqual([
    ['/v1/chat/completions', 'Hello, respond briefly'],
    ['/v1/embeddings', 'Hello, respond briefly'],
  ]);
});

test('a lying upstream passes on the end of a connection in both directions', async () => {
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

test('a lie that could not be applied is not counted, and a test whose lie answered no call fails', async ({
  startUpstream,
}, testInfo) => {
  const upstream = await startUpstream();
  const cut = upstream.lie(lies.cutAfter(1000), { times: 1 });
  expect((await ask(upstream.url, true, { leaveAfter: 10_000 })).text).toContain('[DONE]');
  expect(cut.answered()).toBe(0);
  upstream.lie(lies.cutAfter(0), { times: 1 });
  await ask(upstream.url, true);
  // The lie answered no call, which would fail this test itself.
  Object.assign(cut, { answered: () => 1 });

  const run = await runInline(testInfo, {
    'untold.spec.ts': `
import { lies, faultTest as test } from '$fixtures';
test('never lied to', async ({ startUpstream }) => {
  (await startUpstream()).lie(lies.status(503));
});`,
  });
  const [outcome] = outcomesOf(run);
  expect(outcome?.status).toBe('failed');
  expect(outcome?.errors.join()).toMatch(/Invalid: these lies answered no call.*status 503/s);
});
