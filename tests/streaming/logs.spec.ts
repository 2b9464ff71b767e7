import {
  chatRequest,
  expect,
  needs,
  orchestratedChatRequest,
  requirement,
  faultTest as test,
} from '../../fixtures/index.ts';

const kinds = [
  'chat.streaming',
  'orchestration.streaming',
  'sql.streaming',
  'ask.streaming',
  'documents.events',
] as const;

test(
  'streams of every kind leave only JSON lines in the service log, and no warnings of the Node runtime',
  requirement('STREAM-17', needs(...kinds, 'auth', 'started target')),
  async ({
    startOwnTarget,
    freshDatabase,
    databases,
    stores,
    clientsFor,
    signUp,
    documentClientsFor,
    sampleDocument,
    chatClientFor,
    logOf,
    modelId,
  }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const target = await startOwnTarget({ platform, stores, databases: { shop: databases.shop.urls.reader } });
    const { http, sql } = clientsFor(target);
    const chat = chatClientFor(http);
    const { documents, ask, uploadAndWait } = documentClientsFor(await signUp({}, http), http);
    const { job } = await uploadAndWait(sampleDocument);
    const streams = await Promise.all([
      chat.chatStream(chatRequest(modelId)),
      chat.chatStream(orchestratedChatRequest(modelId, { mode: 'critique' })),
      sql.stream('How many customers are there?', { database: 'shop' }),
      ask.stream(sampleDocument.question),
      documents.follow(job.id),
    ]);
    for (const stream of streams) await stream.collect();
    // Once stopped, the service has written its whole log.
    await target.stop('SIGTERM');
    const lines = (await logOf(target)).split('\n').filter((line) => line !== '');
    const requestLines = lines.filter((line) => line.includes('"msg":"request done"'));
    expect(requestLines.length, 'lines "request done" in the log').toBeGreaterThanOrEqual(streams.length);
    const foreign = lines.filter((line) => !line.startsWith('{'));
    expect(
      foreign,
      'log lines that are not JSON; run the service with `node --trace-warnings` to see their origin',
    ).toEqual([]);
  },
);
