import { fork } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test as base, expect } from '@playwright/test';
import { clock } from '../../fixtures/wire/clock.ts';
import { createHttpClient } from '../../fixtures/wire/http.ts';
import { createRecorder } from '../../fixtures/wire/recorder.ts';

// What the recorder says happened is compared with what the server says it did, on one clock. A busy machine delays
// either process at any moment, so beside the recorder, in the same event loop and at the same time, a bare socket
// reader stamps a stream of its own: the recorder may be as late as that, and hardly later.

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

interface Stamped {
  readonly at: number;
  readonly written: number;
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * q)] ?? Number.NaN;

const lateness = (events: readonly Stamped[]): number[] =>
  events.map(({ at, written }) => at + clock.monotonic - written);

async function recordedStream(url: string) {
  await using http = createHttpClient({ baseUrl: url, recorder: createRecorder() });
  const stream = await http.stream('GET', '/');
  if (stream.kind !== 'stream') throw new Error('expected a stream');
  const { record, error } = await stream.done();
  expect(error).toBeNull();
  const events = record.events.filter(({ data }) => data !== '[DONE]');
  return { stream, record, stamped: events.map(({ at, data }): Stamped => ({ at, written: Number(data) })) };
}

/** The same stream with nothing between the socket and the stamp. */
async function bareStream(url: string): Promise<Stamped[]> {
  const [response] = (await once(get(url), 'response')) as [IncomingMessage];
  const events: Stamped[] = [];
  response.on('data', (bytes: Buffer) => {
    const at = performance.now();
    for (const [, written] of bytes.toString().matchAll(/data: ([\d.]+)\n/g))
      events.push({ at, written: Number(written) });
  });
  await once(response, 'end');
  return events;
}

test('every event is stamped when it arrives, not when it is read', async ({ emitter }) => {
  const [{ stream, record, stamped }, bare] = await Promise.all([recordedStream(emitter), bareStream(emitter)]);
  const late = lateness(stamped);
  const figures = Object.fromEntries(
    [0.25, 0.5, 0.95].map((q) => [`p${q * 100}`, [quantile(late, q), quantile(lateness(bare), q)]]),
  );
  test
    .info()
    .annotations.push({ type: 'lateness of recorder and bare socket, ms', description: JSON.stringify(figures) });

  expect(stamped).toHaveLength(40);
  // Nothing is stamped before it was written (0.2 ms for two processes' reading of one clock) …
  expect(Math.min(...late)).toBeGreaterThan(-0.2);
  // … nor later than a bare socket would have it.
  expect(quantile(late, 0.25), JSON.stringify(figures)).toBeLessThan(quantile(lateness(bare), 0.5) + 3);
  const { stamps } = stream.exchange;
  expect(stamps.firstByte).toBe(record.chunks[0]?.at);
  expect(stamps.firstToken).toBe(stamped[0]?.at);
  expect(Number(stamps.end)).toBeGreaterThanOrEqual(record.chunks.at(-1)?.at ?? Number.NaN);
  expect(Number(stamps.headers) + clock.monotonic - Number(stream.headers['x-stamp'])).toBeGreaterThan(-0.2);
});

test('gaps between events are the gaps between writes', async ({ emitter }) => {
  const [{ stamped }, bare] = await Promise.all([recordedStream(emitter), bareStream(emitter)]);
  const errors = (events: readonly Stamped[]): number[] => {
    const late = lateness(events);
    return late.slice(1).map((value, i) => Math.abs(value - (late[i] ?? Number.NaN)));
  };
  expect(quantile(errors(stamped), 0.25)).toBeLessThan(quantile(errors(bare), 0.5) + 1);
});

test('the wait for late headers is the wait that the server took', async ({ emitter }) => {
  await using http = createHttpClient({ baseUrl: emitter, recorder: createRecorder() });
  const extra: number[] = [];
  for (let i = 0; i < 7; i += 1) {
    const [{ exchange, headers }, bare] = await Promise.all([http.request('GET', '/headers'), bareHeaders(emitter)]);
    const { sent, headers: arrived } = exchange.stamps;
    expect(Number(arrived) - Number(sent)).toBeGreaterThan(18);
    const [late = Number.NaN] = lateness([{ at: Number(arrived), written: Number(headers['x-stamp']) }]);
    expect(late).toBeGreaterThan(-0.2);
    extra.push(late - (lateness([bare])[0] ?? Number.NaN));
  }
  expect(quantile(extra, 0.25)).toBeLessThan(3);
});

async function bareHeaders(url: string): Promise<Stamped> {
  const [response] = (await once(get(`${url}/headers`), 'response')) as [IncomingMessage];
  const at = performance.now();
  response.resume();
  return { at, written: Number(response.headers['x-stamp']) };
}
