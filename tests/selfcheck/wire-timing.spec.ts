import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test as base, expect } from '@playwright/test';
import { createHttpClient } from '../../fixtures/wire/http.ts';
import { createRecorder } from '../../fixtures/wire/recorder.ts';

// What the recorder says happened is compared with what the server says it did, on one clock. The tolerances are
// wide because the machine that runs this is not idle; a recorder that stamps after buffering misses them by far.

const test = base.extend<{ emitter: string }>({
  emitter: async ({}, use) => {
    const child = fork(`${import.meta.dirname}/wire.emitter.ts`, { silent: true, execArgv: [] });
    const closed = once(child, 'exit');
    const [line] = await once(child.stdout ?? child, 'data');
    await use(String(line).trim());
    child.kill();
    await closed;
  },
});

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

test('headers, first byte and every event are stamped when they arrive, not when they are read', async ({
  emitter,
}) => {
  const recorder = createRecorder();
  await using http = createHttpClient({ baseUrl: emitter, recorder });
  const onMachine = (at: number | undefined): number => (at ?? Number.NaN) + recorder.clock.monotonic;

  const stream = await http.stream('GET', '/');
  if (stream.kind !== 'stream') throw new Error('expected a stream');
  const { record, error } = await stream.done();
  expect(error).toBeNull();
  const { stamps } = stream.exchange;
  const late = record.events
    .filter(({ data }) => data !== '[DONE]')
    .map(({ at, data }) => onMachine(at) - Number(data))
    .toSorted((a, b) => a - b);
  const headersLate = onMachine(stamps.headers) - Number(stream.headers['x-stamp']);
  const p95 = late[Math.floor(late.length * 0.95)] ?? Number.NaN;
  const figures = { headersLate, median: median(late), p95, max: late.at(-1), events: late.length };
  test.info().annotations.push({ type: 'lateness in ms', description: JSON.stringify(figures) });

  expect(late).toHaveLength(40);
  // Nothing is stamped before it was written (0.2 ms for two processes' reading of one clock) …
  expect(Math.min(headersLate, ...late)).toBeGreaterThan(-0.2);
  // … nor long after it arrived.
  expect(median(late)).toBeLessThan(3);
  expect(p95).toBeLessThan(15);
  expect(headersLate).toBeLessThan(30);
  expect(stamps.firstByte).toBe(record.chunks[0]?.at);
  expect(Number(stamps.end)).toBeGreaterThanOrEqual(record.chunks.at(-1)?.at ?? Number.NaN);
});

test('gaps between events are the gaps between writes', async ({ emitter }) => {
  await using http = createHttpClient({ baseUrl: emitter, recorder: createRecorder() });
  const stream = await http.stream('GET', '/');
  if (stream.kind !== 'stream') throw new Error('expected a stream');
  const { record } = await stream.done();
  const events = record.events.filter(({ data }) => data !== '[DONE]');
  const errors = events.slice(1).map((event, i) => {
    const before = events[i];
    return Math.abs(event.at - (before?.at ?? 0) - (Number(event.data) - Number(before?.data)));
  });
  expect(median(errors)).toBeLessThan(2);
});

test('the wait for late headers is the wait that the server took', async ({ emitter }) => {
  const recorder = createRecorder();
  await using http = createHttpClient({ baseUrl: emitter, recorder });
  const errors: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    const { exchange, headers } = await http.request('GET', '/headers');
    expect(Number(exchange.stamps.headers) - Number(exchange.stamps.sent)).toBeGreaterThan(18);
    errors.push(Number(exchange.stamps.headers) + recorder.clock.monotonic - Number(headers['x-stamp']));
  }
  expect(Math.min(...errors)).toBeGreaterThan(-0.2);
  expect(median(errors)).toBeLessThan(5);
});
