import {
  chatRequest,
  expect,
  isReference,
  lies,
  needs,
  requirement,
  reset_peer,
  faultTest as test,
} from '../../fixtures/index.ts';

type Surface = 'sql' | 'ask' | 'inference' | 'batch' | 'chat' | 'stream';
type Answers = Partial<Record<Surface, string>>;

/** The same answer on every surface, except where `exceptions` differ. A batch is accepted, and its item fails. */
const everywhere = (answer: string, code: string, exceptions: Answers): Answers => ({
  ...{ sql: answer, ask: answer, inference: answer, batch: `failed: ${code}`, chat: answer, stream: answer },
  ...exceptions,
});
const badResponse = (exceptions: Answers = {}) =>
  everywhere('502 model_bad_response', 'model_bad_response', exceptions);
const timedOut = (exceptions: Answers = {}) => everywhere('504 model_timeout', 'model_timeout', exceptions);
const unavailable = (retryAfter: number, exceptions: Answers = {}) =>
  everywhere(`503 model_unavailable, again in ${retryAfter} s`, 'model_unavailable', exceptions);
/** Where the stream had started, its status was sent already, and the error can only follow as an event. */
const badInMidStream = { stream: '200, then model_bad_response' };
const timedOutInMidStream = { stream: '200, then model_timeout' };

/** Misbehaviour that the service notices by itself. */
const noticed = [
  ['answers 429', lies.status(429), unavailable(1)],
  ['answers 429 with Retry-After', lies.status(429, { retryAfter: 9 }), unavailable(9)],
  ['answers 500', lies.status(500), badResponse()],
  ['answers 503 with Retry-After', lies.status(503, { retryAfter: 7 }), unavailable(7)],
  ['answers 504', lies.status(504), timedOut()],
  // The key that the model server refuses is the service's own, so the caller must not get the 401.
  ['answers 401', lies.status(401), badResponse()],
  ['answers 200 with an error object', lies.errorInOk(), badResponse(badInMidStream)],
  ['sends truncated JSON', lies.garbage(), badResponse(badInMidStream)],
  ['sends HTML with a 200', lies.html(), badResponse()],
  ['sends HTML with a 502', lies.html(502), badResponse()],
  ['sends an empty body', lies.empty(), badResponse(badInMidStream)],
  ['resets the connection of each call', lies.reset(), unavailable(1)],
  ['cuts its answer in half', lies.cutAfter(1), badResponse(badInMidStream)],
  // These two lies exist only in streams, so a plain chat is answered.
  ['ends a stream without [DONE]', lies.endAfter(1), badResponse({ ...badInMidStream, chat: '200' })],
  ['sends an error event', lies.errorAfter(1), badResponse({ ...badInMidStream, chat: '200' })],
  // The service recognises a plain answer by its content, and a stream by its content type.
  ['sends a wrong content type', lies.wrongType(), badResponse({ chat: '200' })],
  // A stream has ended with [DONE] before the missing bytes show.
  ['sends less than its Content-Length', lies.wrongLength(50), badResponse({ stream: '200' })],
  ['sends more than its Content-Length', lies.wrongLength(-50), badResponse(badInMidStream)],
] as const;

/** Misbehaviour that only a timeout ends. */
const endedByTimeout = [
  ['sends nothing', lies.silence(), timedOut()],
  ['sends nothing for a minute', lies.slowHeaders(60_000), timedOut()],
  ['sends one piece a minute', lies.dripping(60_000), timedOut(timedOutInMidStream)],
  ['sends an endless answer', lies.endless(), timedOut(timedOutInMidStream)],
] as const;

/** Without a model server, the service cannot look up the model of a batch, and refuses the batch as well. */
const unreachable = unavailable(1, { batch: '503 model_unavailable, again in 1 s' });

/** A service that opens a connection for each call has none that could be seen to break: its answers show the fault. */
const mayMiss = isReference ? {} : { mayMiss: true };

const textsOf = (answers: Readonly<Record<string, { said: string }>>) =>
  Object.fromEntries(Object.entries(answers).map(([surface, { said }]) => [surface, said]));

/** A described service is asked chats alone, and may choose its words: an error that is not the caller's, or a broken stream. */
function expectAnswers(answers: Readonly<Record<string, { said: string }>>, expected: Answers): void {
  if (isReference) expect(textsOf(answers), 'answers on all surfaces').toEqual(expected);
  else
    for (const [surface, { said }] of Object.entries(answers))
      if (expected[surface as Surface] !== '200')
        expect(said, `the answer to a ${surface} while the model server misbehaves`).toMatch(/^50[234]|^200, then/);
}

/** How many calls are lied to at least: those of the surfaces that are asked, and that must notice. */
const noticing = (answers: object, expected: Answers): number =>
  Object.keys(answers).filter((surface) => expected[surface as Surface] !== '200').length;

test.describe('a misbehaving model server', needs('chat', 'chat.checked', 'links', 'scripted model'), () => {
  for (const [patience, rows] of [
    ['patient', noticed],
    ['impatient', endedByTimeout],
  ] as const)
    for (const [misbehaves, lie, expected] of rows)
      test(
        `when the model server ${misbehaves}, callers get a clear 502, 503 or 504 until it recovers`,
        requirement('RES-06', ...(patience === 'impatient' ? [needs('settings.model timeout')] : [])),
        async ({ serviceWithLyingModel, waitForRecovery, waitForQuiescence }) => {
          const { target, databases, upstream, askEverywhere, greeted, patienceMs } =
            await serviceWithLyingModel(patience);
          await expect(greeted, 'a question before the fault').toPass({ timeout: 20_000 });

          const activeLie = upstream.lie(lie);
          const answers = await askEverywhere();
          expectAnswers(answers, expected);
          // On a busy machine a caller may time out before its call has reached the lying model server.
          await expect
            .poll(() => activeLie.answered(), 'calls that were lied to')
            .toBeGreaterThanOrEqual(noticing(answers, expected));
          if (patience === 'impatient')
            for (const [surface, { ms }] of Object.entries(answers))
              expect(ms, `ms until ${surface} answered: not before the model timeout`).toBeGreaterThan(patienceMs - 50);

          activeLie.stop();
          await waitForRecovery('answers to questions', greeted, { within: 20_000 });
          await waitForQuiescence({ on: target, databases });
        },
      );

  for (const fails of ['is unreachable', 'resets every connection'] as const)
    test(
      `when the model server ${fails}, callers get a clear 503 with Retry-After until it recovers`,
      requirement('RES-06'),
      async ({ serviceWithLyingModel, waitForRecovery, waitForQuiescence }) => {
        const { target, databases, link, askEverywhere, greeted } = await serviceWithLyingModel('patient');
        await expect(greeted, 'a question before the fault').toPass({ timeout: 20_000 });
        const fault = await (fails === 'is unreachable' ? link.down(mayMiss) : link.add(reset_peer()));
        expectAnswers(await askEverywhere(), unreachable);
        await fault.remove();
        await waitForRecovery('answers to questions', greeted, { within: 20_000 });
        await waitForQuiescence({ on: target, databases });
      },
    );

  test(
    'a stream of a slow model that never pauses for long goes on beyond the model timeout',
    requirement('RES-06', 'STREAM-18', needs('chat.streaming', 'settings.model timeout')),
    async ({ serviceWithLyingModel, modelClientsFor, modelId }) => {
      const { http, upstream, greeted, patienceMs } = await serviceWithLyingModel('impatient');
      await expect(greeted, 'a question before the fault').toPass({ timeout: 20_000 });
      const slowness = upstream.lie(lies.dripping(patienceMs / 6));
      const started = performance.now();
      const stream = await modelClientsFor(http).chat.chatStream(
        chatRequest(modelId, undefined, { max_tokens: 6, ignore_eos: true }),
      );
      const { record, error } = await stream.wire.done();
      expect([error, record.events.at(-1)?.data]).toEqual([null, '[DONE]']);
      expect(performance.now() - started, 'ms until the end of the stream').toBeGreaterThan(patienceMs);
      expect(slowness.answered()).toBe(1);
    },
  );
});
