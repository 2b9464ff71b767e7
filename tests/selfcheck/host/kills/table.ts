import { percentile } from '../../../../fixtures/wire/latency/percentile.ts';
import type { Outcome } from './round.ts';

/** The outcomes by victim and signal: how many, how soon the run ended, what did not. */
export function table(outcomes: readonly Outcome[]): string {
  const groups = Object.groupBy(outcomes, ({ kind, signal }) => `${kind} ${signal}`);
  const rows = Object.entries(groups)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, all = []]) => row(name, all));
  return [
    '| victim, signal | kills | ended by itself | on SIGINT | median s | longest s | over 30 s | did not end | left something |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
    row('all', outcomes),
  ].join('\n');
}

function row(name: string, all: readonly Outcome[]): string {
  const seconds = all.map(({ endMs }) => endMs / 1_000).sort((a, b) => a - b);
  const cells = [
    name,
    all.length,
    all.filter(({ interrupted }) => !interrupted).length,
    all.filter(({ interrupted }) => interrupted).length,
    (percentile(seconds, 0.5) ?? 0).toFixed(1),
    (seconds.at(-1) ?? 0).toFixed(1),
    seconds.filter((time) => time > 30).length,
    all.filter(({ hung }) => hung).length,
    all.filter(({ left }) => left.length > 0).length,
  ];
  return `| ${cells.join(' | ')} |`;
}
