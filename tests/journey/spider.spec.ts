import {
  accuracyReport,
  budgets,
  expect,
  inParallel,
  loadSpider,
  needs,
  requirement,
  test,
} from '../../fixtures/index.ts';

test(
  'the accuracy on a dataset in the Spider format is within its budget, and every question is accounted for',
  {
    ...requirement('SQL-15', needs('sql', 'started target')),
    tag: ['@slow', '@model'],
  },
  async ({ config, freshDatabase, startOwnTarget, clientsFor, sqlVerdict }, testInfo) => {
    test.setTimeout(config.PLUMBLINE_SPIDER_DIR ? 3_600_000 : 60_000);
    const spider = await loadSpider(config, freshDatabase);
    const readers = Object.fromEntries(Object.entries(spider.databases).map(([name, { reader }]) => [name, reader]));
    // Spider scores one query per question, so there is one attempt, and a model that rambles is cut off.
    const settings = { 'sql attempts': 1, 'token limit': 160 };
    const { sql } = clientsFor(await startOwnTarget({ databases: readers, settings }));

    const unusable = spider.gold.filter(({ error }) => error !== undefined);
    const usable = spider.questions.filter(({ id }) => unusable.every((report) => report.id !== id));
    const results = await inParallel(4, usable, async (question) => {
      const gold = { id: question.id, query: question.query };
      const ask = () => sql.ask(question.question, { database: question.db_id });
      const answer = await ask().then(
        ({ body }) => body,
        () => ({ sql: null, confidence: 0 }),
      );
      const verdict = await sqlVerdict(answer, gold, { A: readers[question.db_id] as string });
      return { question, answer, verdict };
    });
    const report = accuracyReport(results, new Map());
    const list = unusable.map(({ id, query, error }) => `${id}: ${error}\n  ${query}`).join('\n');
    await testInfo.attach('accuracy', { body: report.markdown, contentType: 'text/markdown' });
    await testInfo.attach('misses', { body: report.misses || 'none', contentType: 'text/plain' });
    await testInfo.attach('gold that Postgres cannot run', { body: list || 'none', contentType: 'text/plain' });
    await testInfo.attach('loading problems', {
      body: spider.problems.join('\n') || 'none',
      contentType: 'text/plain',
    });
    testInfo.annotations.push({
      type: 'accuracy',
      description: `${(report.accuracy * 100).toFixed(1)} % of ${usable.length}; gold that does not run: ${unusable.length}`,
    });

    expect(results.length + unusable.length, 'questions that were asked or whose gold query does not run').toBe(
      spider.questions.length,
    );
    expect(usable.length / spider.questions.length, 'share of gold queries that run on Postgres').toBeGreaterThan(0.5);
    expect(report.accuracy).toBeGreaterThanOrEqual(budgets['spider.accuracy']);
  },
);
