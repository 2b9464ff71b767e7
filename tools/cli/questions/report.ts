import { table } from '../../../fixtures/evidence/table.ts';
import type { Measured, MeasuredMutant } from './measure.ts';

/** What was found out about the questions of one database. */
export interface DatabaseReport {
  readonly database: string;
  /** `first`, then the second instance if there is one: `second`, or `made`. */
  readonly instances: readonly string[];
  readonly questions: readonly Measured[];
}

const isTold = ({ by }: MeasuredMutant): boolean => by.length > 0;
const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Questions that no service can be judged by: the gold query fails, or finds nothing in the first instance. */
export const broken = ({ questions }: DatabaseReport): Measured[] =>
  questions.filter(({ fails, rows }) => fails !== undefined || rows['first'] === 0);

/** How many mutants there are, and how many some rows tell apart: of each instance, and of all together. */
function figures({ instances, questions }: DatabaseReport) {
  const all = questions.flatMap(({ mutants }) => mutants);
  const by = (instance: string): number => all.filter((mutant) => mutant.by.includes(instance)).length;
  return {
    mutants: all.length,
    toldApart: { ...Object.fromEntries(instances.map((name) => [name, by(name)])), all: all.filter(isTold).length },
  };
}

/** The report for people: what is broken first, then each question, then what the rows do not show. */
export function text(report: DatabaseReport): string {
  const { database, instances, questions } = report;
  const weak = questions.filter(({ mutants }) => !mutants.every(isTold));
  const unsure = questions.filter(({ ambiguous }) => ambiguous.length > 0);
  const { mutants, toldApart } = figures(report);
  const { all, ...each } = toldApart;
  return [
    `${database}: ${plural(questions.length, 'question')}, ${plural(mutants, 'mutant')}, ${all} told apart (${Object.entries(
      each,
    )
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')})`,
    ...broken(report).map(
      ({ question, fails }) =>
        `  ${question.id}: ${fails ?? `finds no rows. Correct it, or add rows: ${question.query}`}`,
    ),
    ...unsure.map(
      ({ question, ambiguous }) =>
        `  ${question.id}: its LIMIT cuts a tie (${ambiguous.join(', ')}), so several answers are right. Add a sort key.`,
    ),
    '',
    table([
      ['question', ...instances.map((name) => `rows (${name})`), 'mutants', 'told apart'],
      ...questions.map(({ question, rows, mutants: own }) => [
        question.id,
        ...instances.map((name) => String(rows[name] ?? '–')),
        String(own.length),
        String(own.filter(isTold).length),
      ]),
    ]),
    ...(weak.length > 0 ? ['', '  Not told apart:'] : []),
    ...weak.flatMap(({ question, mutants: own }) => [
      `  ${question.id}  ${question.query}`,
      ...own.filter((mutant) => !isTold(mutant)).map(({ change }) => `    ${change}`),
    ]),
    '',
  ].join('\n');
}

/** The same for programs. */
export const json = (report: DatabaseReport) => ({
  database: report.database,
  instances: report.instances,
  ...figures(report),
  questions: report.questions.map(({ question: { id, query }, rows, fails, ambiguous, mutants }) => ({
    id,
    query,
    rows,
    ...(fails === undefined ? {} : { fails }),
    ambiguous,
    mutants: mutants.length,
    toldApart: mutants.filter(isTold).length,
    notToldApart: mutants.filter((mutant) => !isTold(mutant)).map(({ fault, change, sql }) => ({ fault, change, sql })),
  })),
});
