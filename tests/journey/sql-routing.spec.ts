import {
  budgets,
  expect,
  expectOfModel,
  inParallel,
  knownFailures,
  needs,
  nonsenseQuestions,
  requirement,
  routingQuestions,
  test,
} from '../../fixtures/index.ts';

/** Without the questions that the bundled model is known to get wrong: the last test judges all against a budget. */
const unlessKnown = <T extends { id: string }>(questions: readonly T[]): T[] =>
  questions.filter(({ id }) => !knownFailures.has(id));

for (const { question, database } of unlessKnown(routingQuestions)) {
  test(`the question "${question}" is routed to the ${database} database`, {
    ...requirement('SQL-09', needs('sql.database', 'sql.executed')),
    tag: '@model',
  }, async ({ sql }) => {
    const { body } = await sql.ask(question, { execute: false });
    await expectOfModel(() => expect(body.database).toBe(database));
    expect(body.executed).toBe(false);
  });
}

test(
  'a question that names its database is answered from that database',
  requirement('SQL-09', needs('sql.database')),
  async ({ sql }) => {
    const { body } = await sql.ask('How many doctors are there?', { database: 'clinic' });
    expect(body.database).toBe('clinic');
  },
);

test(
  'an unknown database is refused with 404, and the error lists the existing ones',
  requirement('SQL-09', needs('sql.databases', 'sql.refusals')),
  async ({ sql }) => {
    const { status, body } = await sql.refusal({ question: 'How many customers are there?', database: 'warehouse' });
    expect(status).toBe(404);
    expect(body.detail).toMatch(/warehouse/);
    expect(JSON.stringify(body)).toMatch(/clinic[\s\S]*shop|shop[\s\S]*clinic/);
  },
);

test(
  'the service lists the databases that it can be asked about',
  requirement('SQL-09', needs('sql.databases')),
  async ({ sql }) => {
    const { body } = await sql.databases();
    expect(body.databases.map(({ name }) => name).sort()).toEqual(['clinic', 'shop']);
  },
);

for (const { question, kind } of unlessKnown(nonsenseQuestions)) {
  test(`the ${kind} question "${question}" gets a low confidence`, {
    ...requirement('SQL-08', needs('sql.confidence')),
    tag: '@model',
  }, async ({ sql }) => {
    const { body } = await sql.ask(question);
    expect(body.confidence).toBeConfidence();
    await expectOfModel(() => expect(body.confidence).toBeConfidence({ below: budgets['sql.confidence'] }));
  });
}

test(
  'enough questions are routed to the right database, and enough nonsense gets a low confidence',
  { ...requirement('SQL-08', 'SQL-09', needs('sql.database', 'sql.confidence')), tag: '@model' },
  async ({ sql }, testInfo) => {
    const routed = await inParallel(4, routingQuestions, async ({ id, question, database }) => {
      const { body } = await sql.ask(question, { execute: false });
      return { id, right: body.database === database, seen: `${body.database} in place of ${database}: ${question}` };
    });
    const doubted = await inParallel(4, nonsenseQuestions, async ({ id, question }) => {
      const { confidence } = (await sql.ask(question)).body;
      return { id, right: confidence < budgets['sql.confidence'], seen: `confidence ${confidence}: ${question}` };
    });
    const share = (results: typeof routed) => results.filter(({ right }) => right).length / results.length;
    const wrong = [...routed, ...doubted].filter(({ right }) => !right);
    const misses = wrong.map(({ id, seen }) => `${id} ${seen}`);
    const failures = JSON.stringify(
      wrong.map(({ id, seen }) => ({ id, note: seen })),
      null,
      1,
    );
    await testInfo.attach('known-failures.json', { body: failures, contentType: 'application/json' });
    await testInfo.attach('misses', { body: misses.join('\n') || 'none', contentType: 'text/plain' });
    expect(share(routed), misses.join('\n')).toBeGreaterThanOrEqual(budgets['sql.routing']);
    expect(share(doubted), misses.join('\n')).toBeGreaterThanOrEqual(budgets['sql.nonsense']);
  },
);
