import autocannon from 'autocannon';
import { Agent, request } from 'undici';
import { table } from '../../../fixtures/evidence/table.ts';
import type { Task } from '../../../fixtures/load/attempt.ts';
import type { LoadHttp } from '../../../fixtures/load/client/client.ts';
import { createLoadClient } from '../../../fixtures/load/client/client.ts';
import { generate } from '../../../fixtures/load/generate.ts';
import { median } from '../../../fixtures/wire/latency/percentile.ts';
import { startServer } from './servers.ts';

const USERS = 50;
const ROUNDS = 400;

/**
 * Requests a second that 50 users get through on one endpoint, in the same run by turns: with everything recorded, with
 * undici's `request` and nothing around it, with autocannon.
 *
 * @returns whether the first is at least 0.9 of the second
 */
export async function run([rounds = '5']: readonly string[]): Promise<boolean> {
  await using server = await startServer();
  const { url } = server;
  const all: Record<'ours' | 'bare' | 'autocannon', Rate>[] = [];
  await bare(url);
  for (let round = 0; round < Number(rounds); round += 1) {
    const [before, ours, after] = [await bare(url), await recorded(url), await bare(url)];
    const both = { perSecond: (before.perSecond + after.perSecond) / 2, cpuUs: (before.cpuUs + after.cpuUs) / 2 };
    all.push({ ours, bare: both, autocannon: await cannon(url) });
  }
  const rates = all.map(({ ours, bare, autocannon }) => [
    ...[ours, bare, autocannon].flatMap(({ perSecond, cpuUs }) => [Math.round(perSecond).toString(), cpuUs.toFixed(1)]),
    (ours.perSecond / bare.perSecond).toFixed(2),
    (bare.cpuUs / ours.cpuUs).toFixed(2),
  ]);
  console.log(
    table([['recorded/s', 'µs', 'undici/s', 'µs', 'autocannon/s', 'µs', 'ratio', 'by processor time'], ...rates]),
  );
  const ratio = median(all.map(({ ours, bare }) => ours.perSecond / bare.perSecond));
  const byCpu = median(all.map(({ ours, bare }) => bare.cpuUs / ours.cpuUs));
  console.log(
    `  recorded / undici: ${ratio.toFixed(3)}; by processor time ${byCpu.toFixed(3)}, which other work hardly moves`,
  );
  return Math.max(ratio, byCpu) >= 0.9;
}

interface Rate {
  readonly perSecond: number;
  /** Processor time of the client's thread a request, in microseconds. */
  readonly cpuUs: number;
}

async function timed(work: () => Promise<number>): Promise<Rate> {
  const [began, before] = [performance.now(), process.threadCpuUsage()];
  const n = await work();
  const { user, system } = process.threadCpuUsage(before);
  return { perSecond: (n * 1000) / (performance.now() - began), cpuUs: (user + system) / n };
}

/** Everything that a load records, until the last answer; what is added up afterwards delays nothing. */
function recorded(url: string): Promise<Rate> {
  const client = createLoadClient({ baseUrl: url });
  const task: Task<LoadHttp> = (http) => http.get('/');
  return timed(async () => {
    const { rows } = await generate(client, task, {
      pace: { kind: 'closed', users: USERS, rounds: ROUNDS },
      timeoutMs: 30_000,
      maxInFlight: USERS,
    });
    await client.close();
    if (rows.all().some(({ kind }) => kind !== 'ok')) throw new Error('requests failed');
    return rows.length;
  });
}

async function bare(url: string): Promise<Rate> {
  const agent = new Agent({ keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 });
  let left = USERS * ROUNDS;
  const user = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { body } = await request(`${url}/`, { dispatcher: agent });
      await body.text();
    }
  };
  return timed(async () => {
    await Promise.all(Array.from({ length: USERS }, user));
    await agent.destroy();
    return USERS * ROUNDS;
  });
}

function cannon(url: string): Promise<Rate> {
  return timed(async () => (await autocannon({ url, connections: USERS, amount: USERS * ROUNDS })).requests.total);
}
