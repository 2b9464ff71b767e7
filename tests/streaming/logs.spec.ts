import { expect, needs, orchestrated, requirement, simple, test } from '../../fixtures/index.ts';

test(
  'streams of every kind leave lines of the service in its log, and no warning of its runtime',
  requirement('STREAM-17', needs('chat.streaming', 'orchestration.streaming', 'sql.streaming', 'started target')),
  async ({ startOwnTarget, databases, clientsOf, talkOn, logOf, modelId }) => {
    const target = await startOwnTarget({ databases: { shop: databases.shop.urls.reader } });
    const { http, sql } = clientsOf(target);
    const talk = talkOn(http);
    const question = 'How many customers are there?';
    for (const stream of await Promise.all([
      talk.chatStream(simple(modelId)),
      talk.chatStream(orchestrated(modelId, { mode: 'critique' })),
      sql.stream(question, { database: 'shop' }),
    ]))
      await stream.collect();
    const lines = async () => (await logOf(target)).split('\n').filter((line) => line !== '');
    const done = (log: string[]) => log.filter((line) => line.includes('"msg":"request done"')).length;
    await expect.poll(async () => done(await lines()), 'requests in its log').toBe(3);
    expect((await lines()).filter((line) => !line.startsWith('{'))).toEqual([]);
  },
);
