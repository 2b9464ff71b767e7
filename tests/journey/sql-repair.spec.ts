import {
  applyDrift,
  expect,
  expectOfModel,
  isReference,
  lies,
  needs,
  requirement,
  sampleQuestions,
  faultTest as test,
} from '../../fixtures/index.ts';

test('a query that fails is repaired with the help of the error from the database', {
  ...requirement('SQL-11', needs('sql', 'started target')),
  tag: '@model',
}, async ({ startOwnTarget, clientsFor, freshDatabase, databases, expectCorrectSql }) => {
  // The column is renamed after the service has read the schema, so that its first query must fail.
  const shop = await freshDatabase('shop');
  const target = await startOwnTarget({
    databases: { shop: shop.urls.reader, clinic: databases.clinic.urls.reader },
  });
  const { sql } = clientsFor(target);
  const fromNorway = 'Show the name and signup date of the customers from Norway.';
  const before = await sql.ask(fromNorway, { database: 'shop' });
  await expectOfModel(() => expect(before.body.attempts).toHaveLength(1));

  await applyDrift('shop', shop.urls.owner);
  const { body } = await sql.ask(fromNorway, { database: 'shop' });
  await expectOfModel(() => expect(body.attempts.map(({ error }) => error?.code ?? null)).toEqual(['42703', null]));
  expect(body.attempts[0]?.error?.message).toContain('signup_date');
  expect(body.attempts[1]?.sql).toContain('signed_up_date');
  expect(body.rows, 'the repaired query finds what the first one found').toEqual(before.body.rows);
  const gold = "SELECT name, signed_up_date FROM customers WHERE country = 'Norway'";
  await expectCorrectSql(body, { query: gold }, { drifted: shop.urls.reader });
});

test('the model repairs a first query that is wrong', {
  ...requirement('SQL-11', needs('sql', 'started target')),
  tag: '@model',
}, async ({ targetWithScriptedModel: target, clientsFor, expectCorrectSql }) => {
  const wrong = "SELECT nam FROM customers WHERE country = 'Norway'";
  // Only the first answer is scripted; the repair comes from the real model.
  target.upstream.lie(lies.says(wrong), { times: 1 });
  const { sql } = clientsFor(target);
  const { body } = await sql.ask('List the names of the customers from Norway.', { database: 'shop' });
  expect(body.attempts[0]).toMatchObject({ sql: wrong, error: { code: '42703' } });
  await expectOfModel(() => expect(body.attempts.at(-1)?.error).toBeNull());
  await expectCorrectSql(body, { database: 'shop', query: "SELECT name FROM customers WHERE country = 'Norway'" });
});

test(
  'a service whose model writes SQL that fails gives up after as many attempts as its setting allows, and answers the next question',
  requirement('SQL-12', 'OWN-04', needs('sql', 'known questions', 'scripted model', 'settings.sql attempts')),
  async ({ startUpstream, startOwnTarget, clientsFor }) => {
    const attempts = 4;
    const upstream = await startUpstream();
    const { sql } = clientsFor(await startOwnTarget({ model: upstream, settings: { 'sql attempts': attempts } }));
    const [known] = await sampleQuestions();
    const asked = { question: known.question, ...(sql.has('database') ? { database: known.database } : {}) };
    // A service may ask its model other things first: it understands none of these answers either.
    const wrong = upstream.lie(lies.says((_, n) => `SELECT no_such_column_${n} FROM no_such_table`));
    const { status } = await sql.send(asked, { timeoutMs: 60_000 });
    expect(status, 'the status of a question whose SQL never runs').toBeGreaterThanOrEqual(400);
    expect(wrong.answered(), 'calls of the model for a question that is given up').toBeGreaterThan(0);
    if (isReference) {
      expect(wrong.answered(), 'calls of the model: one for each attempt').toBe(attempts);
      const { body } = await sql.refusal(asked);
      expect(body.type).toMatch(/sql[_-]generation[_-]failed/);
      expect(body['attempts']).toHaveLength(attempts);
      expect(body.detail).toContain(`${attempts} attempts`);
    }
    wrong.stop();
    expect((await sql.send(asked)).status, 'the status of the same question with an honest model').toBe(200);
  },
);
