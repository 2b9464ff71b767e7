import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type TestInfo, test } from '@playwright/test';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { outcomes, runConfigured, runProject } from '../../support/inline-run.ts';
import { type Change, salesTarget } from '../../support/sales-target.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

const asking = (accuracy: string): Change => [
  'plumbline.target.ts',
  "questions: 'questions.jsonl'",
  `questions: { file: 'questions.jsonl', accuracy: ${accuracy} }`,
];
/** One of the two questions of category join, of six in all, gets the rows of another. */
const wrongAnswer: Change = ['server.mjs', 'WHERE d.id IS NULL', 'WHERE d.id IS NOT NULL'];
const refusal: Change = ['server.mjs', '/^which accounts have no deal/i', '/^never asked/i'];

/** A run with the reporters that Plumbline adds, which say at the end what came of the questions. */
async function reported(testInfo: TestInfo, ...changes: readonly Change[]) {
  const env = await salesTarget(testInfo, ...changes);
  const folder = path.dirname(env['TARGET_PROFILE'] as string);
  const define = JSON.stringify(path.join(root, 'projects/define.ts'));
  const config = "definePlumbline({ suites: ['journey'], reporter: [['list']] })";
  await writeFile(
    path.join(folder, 'playwright.config.ts'),
    `import { definePlumbline } from ${define};\nexport default ${config};`,
  );
  return runConfigured(folder, ['own-questions'], env);
}

test.beforeEach(() => test.setTimeout(240_000));

test(
  'a wrong answer is red where every answer must be right, and where a share is asked for of another category',
  requirement('OWN-06'),
  async ({}, testInfo) => {
    for (const changes of [[wrongAnswer], [wrongAnswer, asking('{ filter: 1 }')]]) {
      const inner = await runProject(
        testInfo,
        ['--project=journey', 'own-questions'],
        await salesTarget(testInfo, ...changes),
      );
      const red = outcomes(inner).filter(({ status }) => status === 'failed');
      expect(
        red.map(({ title }) => title),
        inner.stderr,
      ).toEqual([expect.stringMatching(/^question no-deal about sales/)]);
      expect(red[0]?.errors.join()).toContain('The answer differs from the result of the gold query.');
    }
  },
);

test(
  'wrong answers that leave the share that is asked for are only counted, and a share that is not reached fails the run',
  requirement('OWN-06'),
  async ({}, testInfo) => {
    for (const fault of [wrongAnswer, refusal]) {
      const enough = await reported(testInfo, fault, asking('0.8'));
      expect(enough.stdout + enough.stderr).toContain('Questions of sales: 5 of 6 right');
      expect(enough.code, enough.stdout).toBe(0);
    }
    const short = await reported(testInfo, wrongAnswer, asking('{ join: 0.9, filter: 0.5 }'));
    expect(short.code, short.stdout).toBe(1);
    expect(short.stdout).toContain('FAILS: 1 of 2 questions of join are right, 50%, and 90% are asked for');
    expect(short.stdout).toMatch(/^ {2}1 skipped\n {2}5 passed/m);
  },
);

test('an error of the service is red, whatever share is asked for', requirement('OWN-06'), async ({}, testInfo) => {
  const broken: Change = ['server.mjs', 'WHERE d.id IS NULL', 'WHERE d.no_such_column'];
  const env = await salesTarget(testInfo, broken, asking('0.5'));
  const inner = await runProject(testInfo, ['--project=journey', 'own-questions'], env);
  expect(
    outcomes(inner)
      .filter(({ status }) => status === 'failed')
      .map(({ title }) => title),
  ).toEqual([expect.stringMatching(/^question no-deal/)]);
});

test(
  'a share of a category that no question has is one error with the nearest category',
  requirement('OWN-06'),
  async ({}, testInfo) => {
    const env = await salesTarget(testInfo, asking('{ joins: 0.9 }'));
    const inner = await runProject(testInfo, ['--project=journey', 'own-questions'], env);
    expect(inner.code).toBe(1);
    expect(inner.stdout + inner.stderr).toMatch(
      /asks for a share of .*joins.*, and no question in .*questions\.jsonl has that category\. Did you mean join\?/,
    );
  },
);
