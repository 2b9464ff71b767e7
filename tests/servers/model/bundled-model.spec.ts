import fs from 'node:fs';
import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { checkSeparation } from '../../../seed/model/check-separation.ts';
import { bundledModels, digest } from '../../../seed/model/index.ts';
import { knownFailures, nonsenseQuestions, questions, routingQuestions } from '../../../seed/questions/index.ts';

for (const model of bundledModels) {
  test(
    `the bundled file of ${model.id} is the one whose accuracy its model card gives`,
    requirement('STACK-01'),
    () => {
      expect(digest(model), 'retrained? then measure it again and write its digest into seed/model/index.ts').toBe(
        model.sha256,
      );
    },
  );
}

test('the bundled models are smaller than 25 MB together', () => {
  const bytes = bundledModels.reduce((sum, { path }) => sum + fs.statSync(path).size, 0);
  expect(bytes).toBeLessThan(25e6);
});

test('the training text of the bundled models contains no hand-worded question', () => {
  const { trained, checked, shared } = checkSeparation();
  expect(trained, 'the training run recorded what it saw').toBeGreaterThan(10_000);
  expect(checked).toBeGreaterThanOrEqual(questions.length);
  expect(shared).toEqual([]);
});

test('every known failure of the bundled model is still a question of the set', () => {
  const ids = [...questions, ...routingQuestions, ...nonsenseQuestions].map(({ id }) => id);
  expect([...knownFailures.keys()].filter((id) => !ids.includes(id))).toEqual([]);
});
