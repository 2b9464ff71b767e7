import { expect, test } from '../../../../fixtures/index.ts';
import { openBooks } from '../../../../fixtures/judge/reconciliation/books.ts';
import { nothingYet, openingOf } from '../../../../fixtures/judge/reconciliation/compare.ts';
import { reconcile } from '../../../../fixtures/judge/reconciliation/reconcile.ts';
import { createHttpClient } from '../../../../fixtures/wire/http.ts';
import { createRecorder } from '../../../../fixtures/wire/recorder.ts';
import { type Fault, startBookkeeper } from './stub.ts';

const patience = { stillMs: 400, mostMs: 4_000 };

const faults: [what: string, fault: Fault, message: RegExp, breaches?: number][] = [
  [
    'reports one token too many as usage',
    { usage: 1 },
    /says its usage is 7 \+ 4; the table of inferences has 7 \+ 3 for it/,
    2,
  ],
  ['reports a wrong total', { total: 1 }, /says total_tokens 11, which is not 7 \+ 3/],
  ['sends fewer tokens than it reports', { swallow: 1 }, /sent 2 tokens and says completion_tokens 3/],
  ['loses a stored row', { losesRow: true }, /the metrics counted 7 \+ 3, but the table of inferences has 0 \+ 0/, 2],
  [
    'does not count a call in its metrics',
    { losesCount: true },
    /the metrics counted 0 \+ 0, but the table of inferences has 7 \+ 3/,
  ],
  ['leaves a request in flight', { staysInFlight: true }, /1 request is still in flight/],
  ['leaves a transaction open', { keepsTransaction: true }, /a transaction is still open in \S+ .*idle in transaction/],
];

for (const [what, fault, message, breaches = 1] of faults)
  test(`reconciliation fails for a service that ${what}`, async ({ freshDatabase }) => {
    const { database, urls } = await freshDatabase('platform');
    await using service = await startBookkeeper(urls.owner);
    const books = openBooks({ url: service.url, databaseUrl: urls.owner, adminUrl: urls.admin, databases: [database] });
    const recorder = createRecorder();
    await using http = createHttpClient({ baseUrl: service.url, recorder });
    const ask = () => http.stream('POST', '/v1/chat/completions', { json: { stream: true } }).then(drain);

    await ask();
    const opening = openingOf(await reconcile({ url: service.url, books }, recorder.exchanges, nothingYet, patience));

    service.commit(fault);
    await ask();
    const error = await reconcile({ url: service.url, books }, recorder.exchanges, opening, patience).catch(
      (thrown: Error) => thrown,
    );
    await books.close();
    expect(error).toBeInstanceOf(Error);
    const { message: text } = error as Error;
    expect(text).toMatch(message);
    expect(text.split('\n').filter((line) => line.startsWith('  - '))).toHaveLength(breaches);
    for (const line of [
      'tokens in the streams',
      'usage in the answers',
      'difference in /metrics',
      'difference in inferences',
    ])
      expect(text).toContain(line);
    expect(text).toMatch(/#2 POST .*\/v1\/chat\/completions \(r2\)/);
  });

test('reconciliation accepts a correct service after plain, streamed, cached, abandoned and late-stored answers', async ({
  freshDatabase,
}) => {
  const { database, urls } = await freshDatabase('platform');
  await using service = await startBookkeeper(urls.owner);
  const books = openBooks({ url: service.url, databaseUrl: urls.owner, adminUrl: urls.admin, databases: [database] });
  const recorder = createRecorder();
  await using http = createHttpClient({ baseUrl: service.url, recorder });
  const post = (json: object) => http.stream('POST', '/v1/chat/completions', { json });

  await drain(await post({ stream: true }));
  await post({});
  await post({ cached: true });
  const left = await post({ stream: true });
  if (left.kind === 'stream') left.leave();
  service.commit({ storesLate: 300 });
  await post({});

  const { metrics, rows } = await reconcile({ url: service.url, books }, recorder.exchanges, nothingYet, patience);
  await books.close();
  expect(metrics).toEqual({ prompt: 28, completion: 12 });
  expect(rows).toHaveLength(4);
});

/** Waits until the connection of a stream has ended. */
async function drain(response: Awaited<ReturnType<ReturnType<typeof createHttpClient>['stream']>>): Promise<void> {
  if (response.kind === 'stream') await response.done();
}
