import { table } from '../../../fixtures/evidence/table.ts';
import type { Distribution } from '../../../fixtures/load/histogram.ts';
import type { LoadResult } from '../../../fixtures/load/result.ts';
import { percentileOf } from '../../../fixtures/load/verdict/interval.ts';
import { percentile } from '../../../fixtures/wire/latency/percentile.ts';
import { loadOn, ms, startServer } from './servers.ts';

const RATE = 100;
const SECONDS = 12;
const PERCENTILES = [0.5, 0.9, 0.95, 0.99];

/** Latencies as skewed as real ones, spread evenly over the run: 5 ms and more, 160 ms at p99. */
const latencyOf = (i: number): number => 5 - 34 * Math.log(1 - ((i * 0.6180339887) % 1) * 0.999);

/**
 * Percentiles of latency and of TTFT as they are reported, beside those of what the server itself says it took.
 *
 * @returns whether all are within 2 %, or 2 ms
 */
export async function run(): Promise<boolean> {
  await using server = await startServer();
  const load = loadOn(server.url);
  const pace = { rate: RATE, seconds: SECONDS };
  const said = new Map<number, number>();
  const plain = await load.constant({ title: 'plain', ...pace }, async (http, i) => {
    said.set(i, Number((await http.get(`/?ms=${latencyOf(i)}`)).headers['x-took-ms']));
  });
  const tokens = new Map<number, number>();
  const streams = await load.constant({ title: 'streams', ...pace }, async (http, i) => {
    const { events } = await http.stream(`/stream?ms=${latencyOf(i)}`, {});
    const { choices } = JSON.parse(events?.[0]?.data ?? '') as { choices: { delta: { content: string } }[] };
    tokens.set(i, Number(choices[0]?.delta.content));
  });
  const rows = [
    ...compared('latency', plain, plain.latency, said),
    ...compared('service time', plain, plain.service, said),
    ...compared('TTFT', streams, streams.ttft, tokens),
  ];
  console.log(table([['', '', 'the server says', 'reported', 'off by, ms', '%'], ...rows.map(({ cells }) => cells)]));
  return rows.every(({ within }) => within);
}

function compared(what: string, { rows }: LoadResult, reported: Distribution, said: ReadonlyMap<number, number>) {
  const truth = rows.map(({ i }) => said.get(i) ?? NaN).sort((a, b) => a - b);
  return PERCENTILES.map((p) => {
    const real = percentile(truth, p) ?? NaN;
    const told = percentileOf(reported, p).value;
    const off = told - real;
    const cells = [what, `p${100 * p}`, ms(real), ms(told), off.toFixed(2), ((100 * off) / real).toFixed(1)];
    return { cells, within: Math.abs(off) < Math.max(2, 0.02 * real) };
  });
}
