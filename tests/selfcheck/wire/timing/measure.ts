import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { clock } from '../../../../fixtures/wire/clock.ts';
import { createHttpClient } from '../../../../fixtures/wire/http.ts';
import { createRecorder } from '../../../../fixtures/wire/recorder.ts';
import { type Contention, watchContention } from './contention.ts';
import type { Pair } from './verdict.ts';

/** An event of the emitter's: when it was read, on this process's clock, and when written, on the machine's. */
export interface Stamped {
  readonly at: number;
  readonly written: number;
}

/** How a window is measured: `rounds` times, so many streams at once. */
export interface Plan {
  readonly rounds: number;
  readonly streams: number;
  readonly events: number;
  readonly everyMs: number;
  /** A process beside the emitter that keeps a processor busy meanwhile. */
  readonly burn?: boolean;
}

/** What one window gave. */
export interface Measured {
  readonly ttft: readonly Pair[];
  readonly gaps: readonly Pair[];
  readonly recorder: Contention;
  readonly emitter: Contention;
  /** The recorder's own word on how late it was, the worst exchange's p99, as reports show it. */
  readonly loopLagP99: number;
}

const BURN_MS = 10_000;

export const lateness = (events: readonly Stamped[]): number[] =>
  events.map(({ at, written }) => at + clock.monotonic - written);

/** How far each gap as read is from the gap as written. */
export const gapErrors = (events: readonly Stamped[]): number[] => {
  const late = lateness(events);
  return late.slice(1).map((value, i) => Math.abs(value - (late[i] ?? Number.NaN)));
};

/** The emitter in a process of its own. */
export async function startEmitter(): Promise<AsyncDisposable & { url: string }> {
  const child = fork(`${import.meta.dirname}/wire.emitter.ts`, { silent: true, execArgv: [] });
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

/** A stream as the recorder has it. */
export async function recordedStream(url: string, path = '/') {
  await using http = createHttpClient({ baseUrl: url, recorder: createRecorder() });
  const stream = await http.stream('GET', path);
  if (stream.kind !== 'stream') throw new Error('expected a stream');
  const { record, error } = await stream.done();
  if (error) throw error;
  const events = record.events.filter(({ data }) => data !== '[DONE]');
  return { stream, record, stamped: events.map(({ at, data }): Stamped => ({ at, written: Number(data) })) };
}

/** The same stream with nothing between the socket and the stamp. */
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

/** Reads every stream twice in this event loop, by the recorder and by a bare socket reader, each written in the same turn. */
export async function measure(url: string, { rounds, streams, events, everyMs, burn }: Plan): Promise<Measured> {
  const burner = burn && spawn(process.execPath, [`${import.meta.dirname}/wire.burner.ts`, String(BURN_MS)]);
  const burnt = burner && once(burner, 'exit');
  // The first stream of a process is read by code that is not compiled yet.
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
            throw new Error(`${events} events were sent, ${recorded.stamped.length} recorded, ${bare.length} read`);
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
