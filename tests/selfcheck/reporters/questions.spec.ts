import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, type TestInfo, test } from '@playwright/test';
import type { CountedAnswer } from '../../../fixtures/judge/sql/counted-answer.ts';
import { memoryFile } from '../../../fixtures/reporters/questions/memory.ts';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { project } from '../support/reported-run.ts';

type Right = Record<string, boolean>;

const categories: Record<string, string[]> = { a: ['join'], b: ['join', 'order'], c: ['filter'], d: [] };
const of = { all: 4, categories: { join: 2, order: 1, filter: 1 } };

/** A test a question, which attaches what `judgeOwn` does; `right.json` says which are right. */
const spec = (answers: readonly CountedAnswer[]): string => `import { readFileSync } from 'node:fs';
import { test } from '@playwright/test';
for (const answer of ${JSON.stringify(answers)})
  test('question ' + answer.id, async ({}, testInfo) => {
    const right = JSON.parse(readFileSync('right.json', 'utf8'))[answer.id];
    await testInfo.attach('own question', { body: JSON.stringify({ ...answer, right }), contentType: 'application/json' });
    testInfo.skip(!right, 'wrong, and counted');
  });`;

async function start(testInfo: TestInfo, accuracy?: CountedAnswer['accuracy']) {
  const answers = Object.entries(categories).map(([id, names]) => ({
    ...{ target: 'sales', id, question: `What is ${id}?`, database: 'sales', categories: names, right: true, of },
    ...(accuracy === undefined ? {} : { accuracy }),
  }));
  const reporters = "['$root/fixtures/reporters/questions.ts', { outputFile: 'questions.json' }],";
  const { run, folder } = await project(testInfo, { 'a.spec.ts': spec(answers) }, { reporters });
  const baselines = path.join(folder, 'kept');
  return {
    baselines,
    async run(right: Right, args: string[] = [], env: Record<string, string> = { PLUMBLINE_BASELINES: baselines }) {
      await writeFile(path.join(folder, 'right.json'), JSON.stringify(right));
      return run(['test', ...args], env);
    },
  };
}

const all = { a: true, b: true, c: true, d: true };

test(
  'a run ends with a table of the answers by category, which the GitHub summary has too',
  requirement('OWN-06'),
  async ({}, testInfo) => {
    const { run, baselines } = await start(testInfo, 0.75);
    const summary = testInfo.outputPath('summary.md');
    const env = { PLUMBLINE_BASELINES: baselines, GITHUB_STEP_SUMMARY: summary };
    const { code, output, json } = await run({ ...all, b: false }, [], env);
    expect(code, output).toBe(0);
    expect(output).toContain('Questions of sales: 3 of 4 right');
    expect(output).toMatch(/^ {2}join +2 +1 +50% +–$/m);
    expect(output).toMatch(/^ {2}\(all\) +4 +3 +75% +75%$/m);
    expect(await readFile(summary, 'utf8')).toMatch(/### Questions of sales: 3 of 4 right\n[\s\S]*order +1 +0 +0%/);
    expect(await json('questions.json')).toMatchObject({
      targets: [
        {
          target: 'sales',
          shares: [
            { category: 'filter', questions: 1, right: 1, accuracy: 1, complete: true, fails: false },
            { category: 'join', accuracy: 0.5 },
            { category: 'order', accuracy: 0 },
            { category: null, accuracy: 0.75, asked: 0.75, fails: false },
          ],
          worse: [],
          better: [],
        },
      ],
    });
  },
);

test(
  'a run fails, though no test does, where fewer answers are right than the description asks for',
  requirement('OWN-06'),
  async ({}, testInfo) => {
    const { run } = await start(testInfo, 0.75);
    const { code, output } = await run({ ...all, a: false, b: false });
    expect(code).toBe(1);
    expect(output).toContain(
      '  FAILS: 2 of 4 questions are right, 50%, and 75% are asked for (questions.accuracy of the description)',
    );
  },
);

test(
  'a share that is asked for of one category is judged on that category alone',
  requirement('OWN-06'),
  async ({}, testInfo) => {
    const { run } = await start(testInfo, { join: 1, filter: 0.5 });
    const wrong = await run({ ...all, b: false });
    expect(wrong.code).toBe(1);
    expect(wrong.output).toContain('  FAILS: 1 of 2 questions of join are right, 50%, and 100% are asked for');
    expect(wrong.output).not.toContain('of filter are right');
    expect((await run({ ...all, d: false })).code).toBe(0);
  },
);

test(
  'the next run says which questions were right last time and are wrong now, and the reverse',
  requirement('OWN-06'),
  async ({}, testInfo) => {
    const { run } = await start(testInfo);
    const first = await run({ ...all, c: false });
    expect(first.output).not.toMatch(/last time/);
    const { output, json } = await run({ ...all, a: false });
    expect(output).toContain('  Wrong now, right last time (1)\n    a: What is a?\n');
    expect(output).toContain('  Right now, wrong last time (1)\n    c: What is c?\n');
    expect(await json('questions.json')).toMatchObject({ targets: [{ worse: ['a'], better: ['c'] }] });
    expect((await run({ ...all, a: false })).output, 'nothing changed').not.toMatch(/last time/);
  },
);

test(
  'a run of some questions is held to no share, and leaves what is known of the others',
  requirement('OWN-06'),
  async ({}, testInfo) => {
    const { run } = await start(testInfo, 1);
    await run(all);
    const some = await run({ ...all, a: false, b: false }, ['--grep', 'question a']);
    expect(some.code, some.output).toBe(0);
    expect(some.output).toContain('  not judged: only 1 questions were asked\n');
    expect(some.output).toContain('  Wrong now, right last time (1)\n    a: What is a?\n');
    const { output } = await run({ ...all, b: false });
    expect(output).toContain('  Wrong now, right last time (1)\n    b: What is b?\n');
    expect(output).toContain('  Right now, wrong last time (1)\n    a: What is a?\n');
  },
);

test(
  'answers that cannot be read or kept are said with their file, and do not fail the run',
  requirement('OWN-06'),
  async ({}, testInfo) => {
    const { run, baselines } = await start(testInfo);
    const file = memoryFile({ baselines, cache: '', project: '' }, 'sales');
    await mkdir(baselines);
    await writeFile(file, 'half a fi');
    const broken = await run(all);
    expect(broken.code).toBe(0);
    expect(broken.output).toContain(
      `Questions: ${file} should hold the answers of the last run, but cannot be read as that: remove it. This run begins anew.`,
    );
    expect((await run({ ...all, a: false })).output, 'the broken file was replaced').toContain('right last time (1)');
  },
);

test(
  'without a folder for baselines the answers are kept in the cache, apart for each project',
  requirement('OWN-06'),
  async ({}, testInfo) => {
    const { run, baselines } = await start(testInfo);
    const env = { PLUMBLINE_CACHE_DIR: testInfo.outputPath('cache') };
    await run(all, [], env);
    expect((await run({ ...all, a: false }, [], env)).output).toContain('Wrong now, right last time (1)');
    await expect(readFile(memoryFile({ baselines, cache: '', project: '' }, 'sales'))).rejects.toThrow('ENOENT');
    const place = { baselines: undefined, cache: '/c', project: '/one' };
    expect(memoryFile(place, 'sales')).not.toBe(memoryFile({ ...place, project: '/two' }, 'sales'));
  },
);
