import path from 'node:path';
import { runsOf } from '../../fixtures/reporters/runs.ts';

type Count = { total: number; covered: number };

/** One file in c8's summary. */
export type FileCoverage = { lines: Count; functions: Count; branches: Count };

/** What is to be reached, in percent of lines, of which files. */
const areas: readonly { name: string; atLeast: number; holds(file: string): boolean }[] = [
  { name: 'everything', atLeast: 80, holds: () => true },
  { name: 'auth', atLeast: 95, holds: (file) => file.startsWith('servers/reference/auth/') },
  { name: 'ask', atLeast: 95, holds: (file) => file.startsWith('servers/reference/ask/') },
  {
    name: 'administration',
    atLeast: 95,
    holds: (file) => /^reference\/(auth\/(admin|admin-routes|audit|users|first-admin)|registry\/.*)\.ts$/.test(file),
  },
];

/** Lines, functions and branches by area, and whether each has what it should have. */
export function tableOf(summary: Readonly<Record<string, FileCoverage>>, root: string): string {
  const files = Object.entries(summary)
    .filter(([file]) => file !== 'total')
    .map(([file, coverage]) => ({ name: path.relative(root, file), coverage }));
  const rows = areas.map(({ name, atLeast, holds }) => {
    const held = files.filter((file) => holds(file.name)).map(({ coverage }) => coverage);
    const [lines, functions, branches] = (['lines', 'functions', 'branches'] as const).map((kind) =>
      percent(held.map((one) => one[kind])),
    );
    const verdict = (lines ?? 0) >= atLeast ? 'reached' : 'NOT reached';
    return [name, `${held.length}`, show(lines), show(functions), show(branches), `${atLeast} % of lines ${verdict}`];
  });
  const head = ['area', 'files', 'lines', 'functions', 'branches', ''];
  return [head, ...rows]
    .map(
      ([area = '', ...cells]) =>
        area.padEnd(16) + cells.map((cell, i) => (i < 4 ? cell.padStart(11) : `  ${cell}`)).join(''),
    )
    .join('\n');
}

type Final = Record<string, { s: Record<string, number>; statementMap: Record<string, { start: { line: number } }> }>;

/** The lines that nothing reached, as ranges by file, most first. V8 counts lines as statements. */
export function uncovered(final: Final, root: string): string {
  const files = Object.entries(final).map(([file, { s, statementMap }]) => {
    const lines = Object.entries(s).flatMap(([id, hits]) => (hits === 0 ? (statementMap[id]?.start.line ?? []) : []));
    return { file: path.relative(root, file), lines: lines.sort((a, b) => a - b) };
  });
  const missed = files.filter(({ lines }) => lines.length > 0).sort((a, b) => b.lines.length - a.lines.length);
  return missed.map(({ file, lines }) => `  ${file}: ${ranges(lines)}`).join('\n') || '  nothing';
}

function ranges(lines: readonly number[]): string {
  return runsOf(lines)
    .map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
    .join(', ');
}

const percent = (counts: readonly Count[]): number | undefined => {
  const total = counts.reduce((sum, count) => sum + count.total, 0);
  return total === 0 ? undefined : (100 * counts.reduce((sum, count) => sum + count.covered, 0)) / total;
};
const show = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(1)} %`);
