import { expect, needs, nonsenseQuestions, questions, requirement, test } from '../../fixtures/index.ts';

/** Easy and hard questions about both databases, and some that have no answer. */
const sample = [...questions.filter((_, index) => index % 20 === 0), ...nonsenseQuestions.slice(0, 3)];

for (const { id, question } of sample)
  test(
    `the question ${id} gets a complete answer or a reason why there is none, whatever the model writes`,
    requirement('SQL-08', 'SQL-12', needs('sql', 'sql.confidence', 'sql.attempts', 'sql.executed', 'sql.refusals')),
    async ({ sql }) => {
      const answer = await sql.ask(question).catch(() => undefined);
      if (!answer) {
        const refused = await sql.refusal({ question });
        expect(refused).toBeProblem(422, 'attempts');
        const attempts = refused.body['attempts'] as { error: { message: string } | null }[];
        expect(attempts.length).toBeGreaterThan(0);
        for (const { error } of attempts) expect(error?.message, 'error message of the attempt').toBeTruthy();
        return;
      }
      const { body } = answer;
      expect(body.confidence).toBeConfidence();
      expect(body.sql === null, 'sql is null only if database is').toBe(body.database === null);
      expect(body.executed, 'executed only if there are rows').toBe(body.rows !== null);
      if (body.executed) expect(body.row_count).toBe(body.rows?.length);
      else expect(body['reason'], 'reason why nothing was executed').toMatch(/^(no_database|low_confidence)$/);
    },
  );
