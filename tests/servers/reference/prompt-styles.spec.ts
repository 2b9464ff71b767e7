import { expect, lies, faultTest as test } from '../../../fixtures/index.ts';
import { instructPrompt } from '../../../servers/reference/ask/instruct-prompt.ts';
import { styleOf, withoutReasoning } from '../../../servers/reference/model/style.ts';
import { critiquePrompt } from '../../../servers/reference/orchestration/instruct-prompts.ts';

const styles = [
  ['plumbline-tiny', 'auto', 'bundled'],
  ['plumbline-critic', 'auto', 'bundled'],
  ['Qwen2.5-Coder-7B-Instruct-Q4_K_M', 'auto', 'instruct'],
  ['plumbline-tiny', 'instruct', 'instruct'],
  ['my-retrained-tiny', 'bundled', 'bundled'],
] as const;

for (const [model, setting, style] of styles)
  test(`with PROMPT_STYLE=${setting}, the model ${model} gets ${style} prompts`, () => {
    expect(styleOf({ PROMPT_STYLE: setting }, model)).toBe(style);
  });

/** Answers as instruct models do: with reasoning, with prose around the answer, in a fence. */
const wordy = (system: string): string | undefined => {
  if (/You choose the database/.test(system))
    return '<think>\nProducts are sold, so…\n</think>\n\nThe best one is **shop**.';
  if (/You write PostgreSQL/.test(system))
    return 'Sure! Here is the query:\n\n```sql\nSELECT name\nFROM products\nORDER BY price DESC\nLIMIT 1;\n```\n\nIt sorts by price.';
  return undefined;
};

test('an instruct model gets the tables in full, and its SQL is read from within its prose', async ({
  startUpstream,
  startOwnTarget,
  clientsFor,
  expectCorrectSql,
}) => {
  const systems: string[] = [];
  const upstream = await startUpstream();
  upstream.lie(
    lies.says(({ messages }) => {
      systems.push(messages[0]?.content ?? '');
      return wordy(messages[0]?.content ?? '');
    }),
  );
  const settings = { 'model id': 'qwen2.5-coder-7b-instruct' };
  const { sql } = clientsFor(await startOwnTarget({ model: { url: upstream.url }, settings }));
  const { body } = await sql.ask('What is the name of the most expensive product?');
  expect(body.database).toBe('shop');
  await expectCorrectSql(body, { database: 'shop', query: 'SELECT name FROM products ORDER BY price DESC LIMIT 1' });
  expect(systems[0]).toMatch(/- shop: .*products \(id, /);
  expect(systems[1]).toMatch(/CREATE TABLE orders \(\n {2}id int NOT NULL,[\s\S]* REFERENCES customers/);
  expect(systems[1]).toMatch(/CHECK \(status IN \('\w+'(, '\w+')+\)\)/);
});

test('an instruct model gets the database error of its query, to repair the query', async ({
  startUpstream,
  startOwnTarget,
  clientsFor,
}) => {
  const asked: string[] = [];
  const upstream = await startUpstream();
  upstream.lie(
    lies.says(({ messages }, n) => {
      asked.push(messages.at(-1)?.content ?? '');
      return n === 1 ? '```sql\nSELECT nam FROM products\n```' : '```\nSELECT name FROM products\n```';
    }),
  );
  const settings = { 'prompt style': 'instruct' };
  const { sql } = clientsFor(await startOwnTarget({ model: { url: upstream.url }, settings }));
  const { body } = await sql.ask('The names of all products', { database: 'shop' });
  expect(body.attempts.map(({ error }) => error?.code ?? null)).toEqual(['42703', null]);
  expect(asked[1]).toMatch(/PostgreSQL refused that statement:\nERROR: column "nam" does not exist/);
});

test('passages are numbered for an instruct model, and a critic gets the whole conversation', () => {
  const passage = { text: 'The fee is 20 euros.', documentId: 'd', documentName: 'n', position: 0 };
  const [system] = instructPrompt('What is the fee?', [passage, passage] as never);
  expect(system?.content).toMatch(/Passage 1:\nThe fee is 20 euros\.\n\nPassage 2:/);
  const critique = critiquePrompt([{ role: 'user', content: 'Name a colour' }], 'Seven');
  expect(critique.at(-1)?.content).toContain('[user]\nName a colour');
  expect(withoutReasoning('<think>long\n\n</think>\n\nOK')).toBe('OK');
});
