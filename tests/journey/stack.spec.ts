import {
  exclusive,
  expect,
  inParallel,
  knownCounts,
  needs,
  nonsenseQuestions,
  requirement,
  sampleQuestions,
  skipUnavailable,
  tableCounts,
  test,
} from '../../fixtures/index.ts';

const shop = { database: 'shop' };
/** Questions for which a model is not sure of any answer. */
const nonsense = () => nonsenseQuestions.slice(0, 3).map(({ question }) => question);

for (const database of ['shop', 'clinic'] as const)
  test(
    `every table of the ${database} database has its known number of rows`,
    requirement('STACK-02', 'SQL-07', needs('gold databases')),
    async ({ _instancesOf, query }) => {
      const [first = ''] = Object.values(_instancesOf(database));
      for (const [table, count] of Object.entries(tableCounts[database]))
        expect(await query(first, `SELECT count(*)::int AS rows FROM ${table}`), table).toEqual([{ rows: count }]);
    },
  );

for (const database of ['shop_b', 'clinic_b'] as const)
  test(
    `every table of the ${database} database has its known number of rows`,
    requirement('STACK-02', 'SQL-07', needs('bundled stack')),
    async ({ databases, query }) => {
      for (const [table, count] of Object.entries(tableCounts[database]))
        expect(
          await query(databases[database].urls.reader, `SELECT count(*)::int AS rows FROM ${table}`),
          table,
        ).toEqual([{ rows: count }]);
    },
  );

for (const database of ['shop', 'clinic'] as const) {
  for (const { what, sql, rows } of knownCounts[database]) {
    test(
      `the number of ${what} is as seeded, in each instance of ${database}`,
      requirement('SQL-07', needs('gold databases')),
      async ({ _instancesOf, query }) => {
        // A database behind an attached target has no second instance.
        const instances = Object.entries(_instancesOf(database));
        expect(instances.length).toBeGreaterThan(0);
        for (const [at, [instance, url]] of instances.entries())
          expect(Number((await query(url, sql))[0]?.['count']), `instance ${instance}`).toBe(rows[at]);
      },
    );
  }
}

test(
  'the databases are served by a real Postgres',
  requirement('STACK-02', needs('postgres databases')),
  async ({ sqlDatabases, query }) => {
    for (const [name, { urls }] of Object.entries(sqlDatabases)) {
      const [row] = await query(urls.reader, 'SELECT version(), pg_backend_pid() > 0 AS backend');
      expect(row, name).toEqual({ version: expect.stringMatching(/^PostgreSQL \d+/), backend: true });
    }
  },
);

test('a question that is asked four times gets the same answer each time', {
  ...requirement('STACK-04', needs('sql', 'known questions')),
  ...exclusive,
}, async ({ sql }) => {
  const [known] = await sampleQuestions();
  const database = sql.has('database') ? { database: known.database } : {};
  const answersOf = (question: string) =>
    inParallel(1, Array(4).fill(question), async (asked) => {
      const { sql: query, confidence, rows, executed } = (await sql.ask(asked, database)).body;
      return { query, confidence, rows, executed };
    });
  const expectSame = (all: Awaited<ReturnType<typeof answersOf>>, question: string): void => {
    const answers = all.map(({ confidence: _, ...rest }) => rest);
    expect(answers, question).toEqual(Array(4).fill(answers[0]));
    // On most servers the last digits of a probability depend on what else is in the batch.
    for (const { confidence = 0 } of all) expect(confidence, question).toBeCloseTo(all[0]?.confidence ?? 0, 1);
  };
  const answers = await answersOf(known.question);
  if (sql.has('executed')) expect(answers[0]?.executed).toBe(true);
  expectSame(answers, known.question);
  // Wrong sampling shows only where a model is not sure of its answer. A service without a confidence may refuse these.
  if (!sql.has('confidence')) return;
  for (const question of nonsense()) expectSame(await answersOf(question), question);
});

test('the embedded model server repeats a confidence to the last digit', {
  ...requirement('STACK-04', needs('sql', 'sql.confidence', 'bundled stack')),
  ...exclusive,
}, async ({ sql, stack }) => {
  const provider = stack.reports.find(({ role }) => role === 'model')?.provider;
  test.skip(provider !== 'embedded', `the model server is ${provider}: its batches may change the last digits`);
  for (const question of ['List the names of the customers from Norway.', ...nonsense()]) {
    const all = await inParallel(1, Array(4).fill(question), async (asked) => (await sql.ask(asked, shop)).body);
    expect(
      all.map(({ confidence }) => confidence),
      question,
    ).toEqual(Array(4).fill(all[0]?.confidence));
  }
});

test(
  'a question gets the same answer alone and among concurrent questions',
  requirement('STACK-04', needs('sql', 'bundled stack')),
  async ({ sql, stack }) => {
    const questions = [
      'How many doctors are there?',
      'How many customers are there?',
      'List the names of the customers from Norway.',
    ];
    const alone = [];
    for (const asked of questions) alone.push((await sql.ask(asked)).body.sql);
    const together = await Promise.all(
      [...questions, ...questions].map(async (asked) => (await sql.ask(asked)).body.sql),
    );
    expect(['exact', 'prefix']).toContain(stack.model.determinism.tier);
    // Only the exact tier promises equal answers: in the other tier, batching changes low-margin tokens.
    if (stack.model.determinism.tier === 'exact') expect(together).toEqual([...alone, ...alone]);
    else for (const [index, text] of together.entries()) expect(text?.slice(0, 6)).toBe(alone[index % 3]?.slice(0, 6));
  },
);

test(
  'the report of the stack names the device that the model server computes on',
  requirement('STACK-05', needs('bundled stack')),
  async ({ stack }) => {
    const model = stack.reports.find(({ role }) => role === 'model');
    expect(model?.detail['device'], 'device of the model server').toMatch(/^(cpu|cuda|vulkan|metal)$/);
    for (const figure of ['gpuLayers', 'memoryMiB', 'gpuMemoryMiB'])
      expect(model?.detail[figure], figure).toEqual(expect.any(Number));
  },
);

test('the model server computes on the GPU', {
  ...requirement('STACK-05', needs('bundled stack')),
  tag: '@gpu',
}, async ({ stack, model, modelId, gpuUtilisation }) => {
  const detail = stack.reports.find(({ role }) => role === 'model')?.detail ?? {};
  if (detail['device'] === 'cpu')
    skipUnavailable(test.info(), 'gpu', 'the model server found no usable GPU (MODEL_DEVICE chooses one)');
  // Some servers do not report where their layers are, but each reports how much GPU memory it uses.
  if (Number(detail['layers'] ?? 0) > 0) expect(detail['gpuLayers']).toBe(detail['layers']);
  expect(detail['gpuMemoryMiB']).toBeGreaterThan(0);
  const messages = [{ role: 'user', content: 'Hello, respond briefly' }];
  const chat = async () =>
    (await model.chat({ model: modelId, messages, temperature: 0, max_tokens: 64 })).body.usage?.completion_tokens;
  expect(await chat()).toBeGreaterThan(0);
  if (detail['device'] !== 'cuda' || (await gpuUtilisation()) === undefined) return;
  // A driver reports a GPU as busy only while it is, so it is asked while the model answers.
  const busy = async () => (await Promise.all([gpuUtilisation(), chat(), chat(), chat()]))[0];
  await expect.poll(busy, 'GPU utilisation while the model answers').toBeGreaterThan(0);
});

test(
  "a change to a test's own database is not visible in any other database",
  requirement('STACK-06', needs('bundled stack')),
  async ({ freshDatabase, databases, query }) => {
    const own = await freshDatabase('shop');
    await query(own.urls.owner, 'DELETE FROM reviews');
    expect(await query(own.urls.owner, 'SELECT count(*)::int AS n FROM reviews')).toEqual([{ n: 0 }]);
    expect(await query(databases.shop.urls.reader, 'SELECT count(*)::int AS n FROM reviews')).toEqual([
      { n: tableCounts.shop['reviews'] },
    ]);
    const another = await freshDatabase('shop');
    expect(another.database).not.toBe(own.database);
    expect(await query(another.urls.owner, 'SELECT count(*)::int AS n FROM reviews')).toEqual([
      { n: tableCounts.shop['reviews'] },
    ]);
  },
);
