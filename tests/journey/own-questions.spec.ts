import { needs, ownQuestions, questionTags, requirement, requirementsOf, test } from '../../fixtures/index.ts';

const questions = await ownQuestions();
const several = new Set(questions.map(({ database }) => database)).size > 1;

test.describe('own questions', needs('sql', 'own questions'), () => {
  for (const asked of questions) {
    test(`question ${asked.id} about ${asked.database} is answered with the rows of its gold query: ${asked.question}`, {
      ...requirement('OWN-06', ...requirementsOf(asked)),
      tag: questionTags(asked),
    }, async ({ sql, judgeOwn }) => {
      await judgeOwn(() => sql.ask(asked.question, several ? { database: asked.database } : {}), asked);
    });
  }
});
