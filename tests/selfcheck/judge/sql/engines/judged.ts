import type { Judge } from '../../../../../fixtures/judge/sql/judge.ts';
import type { Verdict } from '../../../../../fixtures/judge/sql/rows/types.ts';
import type { Answered } from './shared-cases.ts';

/** The verdict on rows, which have gone through JSON as an answer's do, or on SQL. */
export async function judged(judge: Judge, gold: string, answer: Answered): Promise<Verdict> {
  const { kind, diff } = await (typeof answer === 'string'
    ? judge.judge(gold, answer)
    : judge.judgeRows(gold, { rows: JSON.parse(JSON.stringify(answer)) as unknown[][] }, 'A'));
  return { kind, diff };
}
