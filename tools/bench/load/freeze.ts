import autocannon from 'autocannon';
import { table } from '../../../fixtures/evidence/table.ts';
import type { Distribution } from '../../../fixtures/load/histogram.ts';
import { percentileOf } from '../../../fixtures/load/verdict/interval.ts';
import { percentile } from '../../../fixtures/wire/latency/percentile.ts';
import { loadOn, ms, startServer } from './servers.ts';

const RATE = 50;
const SECONDS = 10;
const FROZEN_MS = 2_000;
const FREEZES_AT_MS = 4_000;
const USERS = 10;
const PERCENTILES = [0.5, 0.9, 0.95, 0.99];

/**
 * 50 requests a second for 10 s, of a server that answers at once but stands still for 2 s of them: what each way of
 * measuring says. By arithmetic, a fifth of the requests waits evenly from 0 to 2 s; by the server's own clock they wait
 * as long, and for those of the backlog that it answers before them, which takes it some milliseconds.
 *
 * @returns whether ours is within 2 % of what the server's clock says, or 2 ms, and within 2 % of the freeze by arithmetic
 */
export async function run(): Promise<boolean> {
  const [{ ours, clock }, stood] = await frozen(async (url) => {
    const sent = new Map<number, number>();
    const answered = new Map<number, number>();
    const { latency, rows } = await loadOn(url).constant(
      { rate: RATE, seconds: SECONDS, warmup: 0 },
      async (http, i) => {
        sent.set(i, performance.timeOrigin + performance.now());
        answered.set(i, Number((await http.get('/')).headers['x-answered-at']));
      },
    );
    const waited = rows.map((row) => (answered.get(row.i) ?? NaN) - ((sent.get(row.i) ?? NaN) - (row.sent - row.due)));
    waited.sort((a, b) => a - b);
    return { ours: figures(latency), clock: PERCENTILES.map((p) => percentile(waited, p) ?? NaN) };
  });
  // Of those that were due meanwhile, who came a share later waited so much less.
  const truth = PERCENTILES.map((p) => Math.max(0, stood - (1 - p) * SECONDS * 1000));
  const cannon = (ignoreCoordinatedOmission: boolean) =>
    frozen(async (url) => {
      const options = { url, connections: USERS, overallRate: RATE, duration: SECONDS, ignoreCoordinatedOmission };
      const { latency } = await autocannon(options);
      return [latency.p50, latency.p90, null, latency.p99];
    });
  const [closed] = await frozen(async (url) => {
    const until = performance.now() + SECONDS * 1000;
    const paced = { users: USERS, rounds: (RATE * SECONDS) / USERS, warmup: 0 };
    // A user who asks ten times a second, or as often as the answers allow.
    const between = () =>
      new Promise((resolve) => setTimeout(resolve, performance.now() < until ? (1000 * USERS) / RATE : 0));
    const { service } = await loadOn(url).users({ ...paced, between }, { route: '/' });
    return figures(service);
  });
  const rows = [
    ['arithmetic', ...truth.map(ms)],
    ['the server’s own clock, from when due', ...clock.map(ms)],
    ['open loop, from when due (this)', ...ours.map(shown)],
    ['autocannon, its default correction', ...(await cannon(false))[0].map(shown)],
    ['autocannon, correction off', ...(await cannon(true))[0].map(shown)],
    [`closed loop, ${USERS} users`, ...closed.map(shown)],
  ];
  console.log(table([['ms', 'p50', 'p90', 'p95', 'p99'], ...rows]));
  const off = (real: number, i: number): number => Math.abs((ours[i] ?? NaN) - real);
  return (
    clock.every((real, i) => off(real, i) <= Math.max(2, 0.02 * real)) &&
    truth.every((real, i) => off(real, i) <= 0.02 * stood)
  );
}

async function frozen<T>(measure: (url: string) => Promise<T>): Promise<[T, number]> {
  await using server = await startServer();
  const standing = server.freeze(FREEZES_AT_MS, FROZEN_MS);
  // Awaited here: the server is stopped when this function ends.
  return [await measure(server.url), await standing];
}

const figures = (distribution: Distribution): number[] => PERCENTILES.map((p) => percentileOf(distribution, p).value);
const shown = (value: number | null): string => (value === null ? '–' : ms(value));
