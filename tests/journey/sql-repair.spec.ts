import {
  applyDrift,
  expect,
  expectOfModel,
  lies,
  needs,
  question,
  requirement,
  spareSettings,
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
  'the service gives up on a question after as many failed queries as its setting allows, and the next question works',
  requirement('SQL-12', needs('sql', 'started target')),
  async ({ targetWithScriptedModel, clientsFor, expectCorrectSql }) => {
    const wrong = targetWithScriptedModel.upstream.lie(
      lies.says((_, n) => `SELECT no_such_column_${n} FROM customers`),
    );
    const { sql } = clientsFor(targetWithScriptedModel);
    const attempts = spareSettings['sql attempts'];

    const { status, body } = await sql.refusal({ question: 'How many customers are there?', database: 'shop' });
    expect(status).toBe(422);
    expect(body.type).toMatch(/sql[_-]generation[_-]failed/);
    expect(body['attempts']).toHaveLength(attempts);
    expect(body.detail).toContain(`${attempts} attempts`);

    wrong.stop();
    const next = await sql.ask(question('shop-001').question);
    await expectCorrectSql(next.body, question('shop-001'));
  },
);
