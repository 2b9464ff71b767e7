import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { clock } from '../../../../fixtures/wire/clock.ts';
import { createHttpClient } from '../../../../fixtures/wire/http.ts';
import { createRecorder } from '../../../../fixtures/wire/recorder.ts';
import { type Contention, watchContention } from './contention.ts';
import type { Pair } from './verdict.ts';

/** An event from the emitter: when it was read, on this process's clock, and when it was written, on the machine's clock. */
export interface Stamped {
  readonly at: number;
  readonly written: number;
}

/** How a window is measured: `rounds` rounds of `streams` concurrent streams. */
export interface Plan {
  readonly rounds: number;
  readonly streams: number;
  readonly events: number;
  readonly everyMs: number;
  /** Whether another process keeps a processor busy meanwhile. */
  readonly burn?: boolean;
}

/** The results of one window. */
export interface Measured {
  readonly ttft: readonly Pair[];
  readonly gaps: readonly Pair[];
  readonly recorder: Contention;
  readonly emitter: Contention;
  /** The event-loop lag that the recorder reports: the p99 of its worst exchange. */
  readonly loopLagP99: number;
}

const BURN_MS = 10_000;

export const lateness = (events: readonly Stamped[]): number[] =>
  events.map(({ at, written }) => at + clock.monotonic - written);

/** The difference between each gap as read and the same gap as written. */
export const gapErrors = (events: readonly Stamped[]): number[] => {
  const late = lateness(events);
  return late.slice(1).map((value, i) => Math.abs(value - (late[i] ?? Number.NaN)));
};

/** Starts the emitter in a separate process. */
export async function startEmitter(): Promise<AsyncDisposable & { url: string }> {
  const child = fork(`${import.meta.dirname}/emitter.ts`, { silent: true, execArgv: [] });
  const closed = once(child, 'exit');
  const [line] = await once(child.stdout ?? child, 'data');
  return {
    url: String(line).trim(),
    async [Symbol.asyncDispose]() {
      child.kill();
      await closed;
    },
  };
}

/** A stream as the recorder reads it. */
export async function recordedStream(url: string, path = '/') {
  await using http = createHttpClient({ baseUrl: url, recorder: createRecorder() });
  const stream = await http.stream('GET', path);
  if (stream.kind !== 'stream')
    throw new Error(`The emitter answered with ${stream.status} in place of an event stream.`);
  const { record, error } = await stream.done();
  if (error) throw error;
  const events = record.events.filter(({ data }) => data !== '[DONE]');
  return { stream, record, stamped: events.map(({ at, data }): Stamped => ({ at, written: Number(data) })) };
}

/** The same stream from a bare reader, with nothing between the socket and the stamp. */
export async function bareStream(url: string, path = '/'): Promise<Stamped[]> {
  const [response] = (await once(get(`${url}${path}`, { agent: false }), 'response')) as [IncomingMessage];
  const events: Stamped[] = [];
  response.on('data', (bytes: Buffer) => {
    const at = performance.now();
    for (const [, written] of bytes.toString().matchAll(/data: ([\d.]+)\n/g))
      events.push({ at, written: Number(written) });
  });
  await once(response, 'end');
  return events;
}

/** Reads every stream twice in this event loop: with the recorder and with a bare socket reader. */
export async function measure(url: string, { rounds, streams, events, everyMs, burn }: Plan): Promise<Measured> {
  const burner = burn && spawn(process.execPath, [`${import.meta.dirname}/burner.ts`, String(BURN_MS)]);
  const burnt = burner && once(burner, 'exit');
  // The first stream of a process is slower, because its code is not compiled yet.
  await Promise.all([recordedStream(url), bareStream(url)]);
  await (await fetch(`${url}/contention`)).text();
  const watched = watchContention();
  const ttft: Pair[] = [];
  const gaps: Pair[] = [];
  let loopLagP99 = 0;
  try {
    for (let round = 0; round < rounds; round += 1)
      await Promise.all(
        Array.from({ length: streams }, async (_, i) => {
          const path = `/pair?id=${round}-${i}&events=${events}&every=${everyMs}`;
          const [recorded, bare] = await Promise.all([recordedStream(url, path), bareStream(url, path)]);
          if (recorded.stamped.length !== events || bare.length !== events)
            throw new Error(
              `The emitter sent ${events} events; the recorder read ${recorded.stamped.length}, the bare reader ${bare.length}.`,
            );
          loopLagP99 = Math.max(loopLagP99, recorded.stream.exchange.loopLag?.p99 ?? 0);
          ttft.push({ recorded: Math.abs(lateness(recorded.stamped)[0] ?? 0), bare: Math.abs(lateness(bare)[0] ?? 0) });
          const bareErrors = gapErrors(bare);
          gaps.push(
            ...gapErrors(recorded.stamped).map((error, at) => ({ recorded: error, bare: bareErrors[at] ?? 0 })),
          );
        }),
      );
  } finally {
    if (burner) burner.kill();
    await burnt;
  }
  const recorder = watched();
  const emitter = (await (await fetch(`${url}/contention`)).json()) as Contention;
  return { ttft, gaps, recorder, emitter, loopLagP99 };
}
