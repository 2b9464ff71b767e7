import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { table } from '../../../fixtures/evidence/table.ts';
import { compare, type Judged, type Pair, type Rounds } from '../../../fixtures/load/baseline/compare.ts';
import { untilClear } from '../../../fixtures/load/baseline/judge.ts';
import type { Baseline } from '../../../fixtures/load/baseline/store.ts';
import { slowedRuns } from './slowed-runs.ts';

const BASELINE = 7;
const SLOWDOWNS = [0, 0.05, 0.1, 0.2];

/**
 * What comparisons make of unchanged code, and of code that is slower by 5, 10 and 20 %: how often each verdict falls.
 * Without a folder, of a server of known work in this process, fifty runs of each. With one, of a service's runs that
 * `PLUMBLINE_BASELINES=<folder> npm run baseline -- --repeat-each=57` kept: the first seven are the baseline, each later
 * one is compared with it, the next one where it takes another look, and slower ones are the same runs with every request
 * so much longer.
 *
 * @returns whether there was no false alarm
 */
export async function run([given = '50', size = String(BASELINE)]: readonly string[]): Promise<boolean> {
  if (/^\d+$/.test(given)) return ofOwnServer(Number(given));
  let alarms = 0;
  for (const file of readdirSync(given).filter((name) => name.endsWith('.json'))) {
    const { title, runs } = JSON.parse(readFileSync(path.join(given, file), 'utf8')) as Baseline;
    const all = runs.map(({ rounds }) => rounds);
    const [baseline, rest] = [all.slice(0, Number(size)), all.slice(Number(size))];
    const tried = SLOWDOWNS.map(async (by) => {
      const slower = rest.map((rounds) => scaled(rounds, 1 + by));
      const verdicts = slower.map((_, k) => {
        const next = [...slower.slice(k), ...slower.slice(0, k)];
        return untilClear(async () => compare(baseline, [next.shift() ?? []]));
      });
      return { by, verdicts: await Promise.all(verdicts) };
    });
    alarms += print(`${title}: ${rest.length} runs against a baseline of ${baseline.length}`, await Promise.all(tried));
  }
  return alarms === 0;
}

async function ofOwnServer(count: number): Promise<boolean> {
  const baseline: Rounds[] = [];
  for (let run = 0; run < BASELINE; run += 1) baseline.push(await slowedRuns(0));
  const tried: Tried[] = SLOWDOWNS.map((by) => ({ by, verdicts: [] }));
  // By turns: what the machine does in these minutes, it does to all of them.
  for (let run = 0; run < count; run += 1)
    for (const { by, verdicts } of tried)
      verdicts.push(await untilClear(async () => compare(baseline, [await slowedRuns(by)])));
  return print(`a server of known work: ${count} runs each against a baseline of ${BASELINE}`, tried) === 0;
}

interface Tried {
  readonly by: number;
  readonly verdicts: Judged[];
}

/** @returns how many false alarms there were */
function print(title: string, tried: readonly Tried[]): number {
  const count = ({ verdicts }: Tried, what: string) => verdicts.filter(({ verdict }) => verdict === what).length;
  const shown = (one: Tried) => ['slower', 'same', 'faster', 'unknown'].map((what) => String(count(one, what)));
  console.log(title);
  console.log(
    table([
      ['slower by', 'slower', 'same', 'faster', 'unknown'],
      ...tried.map((one) => [`${one.by * 100} %`, ...shown(one)]),
    ]),
  );
  return tried.filter(({ by }) => by === 0).reduce((sum, one) => sum + count(one, 'slower'), 0);
}

const scaled = (rounds: Rounds, by: number): Rounds => {
  const longer = (pair: Pair): Pair => ({ ...pair, ms: pair.ms * by });
  return rounds.map(({ p10, p50 }) => ({ p10: longer(p10), p50: longer(p50) }));
};
