import { expect, needs, nonsenseQuestions, questions, requirement, test } from '../../fixtures/index.ts';

/** Easy and hard ones, over both databases, and some that nothing can answer. */
const asked = [...questions.filter((_, index) => index % 20 === 0), ...nonsenseQuestions.slice(0, 3)];

for (const { id, question } of asked)
  test(
    `whatever the model makes of ${id}, the service gives a whole answer or says why it has none`,
    requirement('SQL-08', 'SQL-12', needs('sql', 'sql.confidence', 'sql.attempts', 'sql.executed', 'sql.refusals')),
    async ({ sql }) => {
      const answer = await sql.ask(question).catch(() => undefined);
      if (!answer) {
        const refused = await sql.refusal({ question });
        expect(refused).toBeProblem(422, 'attempts');
        const attempts = refused.body['attempts'] as { error: { message: string } | null }[];
        expect(attempts.length).toBeGreaterThan(0);
        for (const { error } of attempts) expect(error?.message, 'what was wrong with the attempt').toBeTruthy();
        return;
      }
      const { body } = answer;
      expect(body.confidence).toBeConfidence();
      expect(body.sql === null, 'a query, unless no database fits').toBe(body.database === null);
      expect(body.executed, 'rows, or why there are none').toBe(body.rows !== null);
      if (body.executed) expect(body.row_count).toBe(body.rows?.length);
      else expect(body['reason'], 'why nothing was executed').toMatch(/^(no_database|low_confidence)$/);
    },
  );
