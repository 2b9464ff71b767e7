import { budgets, expect, nonsenseQuestions, requirement, routingQuestions, test } from '../../fixtures/index.ts';

for (const { question, database } of routingQuestions) {
  test(`"${question}" is about the ${database}`, requirement('SQL-09'), async ({ sql }) => {
    const { body } = await sql.ask(question, { execute: false });
    expect(body.database).toBe(database);
    expect(body.executed).toBe(false);
  });
}

test('a named database is used without asking', requirement('SQL-09'), async ({ sql }) => {
  const { body } = await sql.ask('How many doctors are there?', { database: 'clinic' });
  expect(body.database).toBe('clinic');
});

test('an unknown database is refused with the ones that exist', requirement('SQL-09'), async ({ sql }) => {
  const { status, body } = await sql.refusal({ question: 'How many customers are there?', database: 'warehouse' });
  expect(status).toBe(404);
  expect(body.detail).toMatch(/warehouse/);
  expect(JSON.stringify(body)).toMatch(/clinic[\s\S]*shop|shop[\s\S]*clinic/);
});

test('the service lists its databases', requirement('SQL-09'), async ({ sql }) => {
  const { body } = await sql.databases();
  expect(body.databases.map(({ name }) => name).sort()).toEqual(['clinic', 'shop']);
});

for (const { question, kind } of nonsenseQuestions) {
  test(`confidence is low on ${kind}: "${question}"`, requirement('SQL-08'), async ({ sql }) => {
    const { body } = await sql.ask(question);
    expect(body.confidence).toBeConfidence({ below: budgets['sql.confidence'] });
  });
}
