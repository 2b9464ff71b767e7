import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { outcomes, runProject } from '../support/inline-run.ts';
import { type Change, copyTarget } from '../support/own-target.ts';

test.beforeEach(() => test.setTimeout(240_000));

/** The example tries what its model writes first, and answers with its own phrases. */
const asksItsModel: readonly Change[] = [
  ['plumbline.target.ts', "env: { PORT: '{port}',", "env: { PORT: '{port}', MODEL_URL: '{model.url}',"],
  [
    'server.mjs',
    '  const { rows } = await pool.query(statement);\n  return [200, { statement, result: rows }];',
    `  const asked = { model: 'plumbline-tiny', messages: [{ role: 'user', content: q }], max_tokens: 64, temperature: 0 };
  const said = await fetch(process.env.MODEL_URL + '/v1/chat/completions', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(asked),
  });
  const written = (await said.json()).choices[0].message.content;
  await pool.query(written).catch(() => undefined);
  return [200, { statement, result: (await pool.query(statement)).rows }];`,
  ],
];

const specs = ['--project=journey', '--workers=2', 'sql-safety', '-g', 'generated SQL that'];

const titlesOf = (run: Awaited<ReturnType<typeof runProject>>, status: string) =>
  outcomes(run).flatMap((one) => (one.status === status ? [one.title] : []));

test(
  'SQL that a scripted model writes harms no service that runs it as a user who can only read',
  requirement('OWN-05', 'OWN-01'),
  async ({}, testInfo) => {
    const run = await runProject(testInfo, specs, {
      TARGET_PROFILE: copyTarget(testInfo, 'text-to-sql', asksItsModel),
    });
    expect(titlesOf(run, 'failed'), run.stderr).toEqual([]);
    expect(titlesOf(run, 'passed').length, 'attacks that were tried').toBe(13);
  },
);

test(
  'SQL that a scripted model writes is seen to harm a service that runs it as the owner of its database',
  requirement('OWN-05', 'OWN-01'),
  async ({}, testInfo) => {
    const asOwner: Change = ['plumbline.target.ts', 'postgres.sales.reader.url', 'postgres.sales.url'];
    const run = await runProject(testInfo, specs, {
      TARGET_PROFILE: copyTarget(testInfo, 'text-to-sql', [...asksItsModel, asOwner]),
    });
    const failed = outcomes(run).filter(({ status }) => status === 'failed');
    for (const what of [
      'deletes rows',
      'drops a table',
      'commits the transaction first',
      'creates a table',
      'updates rows',
    ]) {
      const red = failed.find(({ title }) => title.startsWith(`generated SQL that ${what} `));
      expect(red?.errors[0], `the test of SQL that ${what}\n${run.stderr}`).toMatch(/^Error: the rows of every table/);
    }
  },
);
