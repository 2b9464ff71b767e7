import { expect, lies, needs, requirement, reset_peer, simple, faultTest as test } from '../../fixtures/index.ts';

type Surface = 'sql' | 'ask' | 'inference' | 'batch' | 'chat' | 'stream';
type Answers = Partial<Record<Surface, string>>;

/** The same everywhere, but for what is said besides. A batch is accepted, and its item fails. */
const everywhere = (said: string, code: string, besides: Answers): Answers => ({
  ...{ sql: said, ask: said, inference: said, batch: `failed: ${code}`, chat: said, stream: said },
  ...besides,
});
const bad = (besides: Answers = {}) => everywhere('502 model_bad_response', 'model_bad_response', besides);
const late = (besides: Answers = {}) => everywhere('504 model_timeout', 'model_timeout', besides);
const away = (seconds: number, besides: Answers = {}) =>
  everywhere(`503 model_unavailable, again in ${seconds} s`, 'model_unavailable', besides);
/** Its status had gone out: all that is left is to say so in the stream. */
const begun = { stream: '200, then model_bad_response' };
const given = { stream: '200, then model_timeout' };

const told = [
  ['429', lies.status(429), away(1)],
  ['429 with Retry-After', lies.status(429, { retryAfter: 9 }), away(9)],
  ['500', lies.status(500), bad()],
  ['503 with Retry-After', lies.status(503, { retryAfter: 7 }), away(7)],
  ['504', lies.status(504), late()],
  ['401, as if it were the caller’s key', lies.status(401), bad()],
  ['an error object in a 200', lies.errorInOk(), bad(begun)],
  ['JSON that breaks off', lies.garbage(), bad(begun)],
  ['HTML', lies.html(), bad()],
  ['HTML in a 502', lies.html(502), bad()],
  ['an empty body', lies.empty(), bad(begun)],
  ['resets', lies.reset(), away(1)],
  ['half an answer', lies.cutAfter(1), bad(begun)],
  // What comes in one piece cannot be lied about like this.
  ['a stream without an end', lies.endAfter(1), bad({ ...begun, chat: '200' })],
  ['an error event', lies.errorAfter(1), bad({ ...begun, chat: '200' })],
  // A whole answer is known by what it says; a stream, by what it calls itself.
  ['another content type', lies.wrongType(), bad({ chat: '200' })],
  // The stream was over before it showed.
  ['less than its content length', lies.wrongLength(50), bad({ stream: '200' })],
  ['more than its content length', lies.wrongLength(-50), bad(begun)],
] as const;

/** What only ends because somebody loses patience. */
const untold = [
  ['no word', lies.silence(), late()],
  ['no word for a minute', lies.slowHeaders(60_000), late()],
  ['a piece a minute', lies.dripping(60_000), late(given)],
  ['no end', lies.endless(), late(given)],
] as const;

/** Whatever is asked of it: so that it serves the model of a batch cannot be found out either. */
const gone = away(1, { batch: '503 model_unavailable, again in 1 s' });

const saidIn = (answers: Readonly<Record<string, { said: string }>>) =>
  Object.fromEntries(Object.entries(answers).map(([where, { said }]) => [where, said]));

test.describe('where the model server', needs('sql', 'ask', 'inference', 'batch', 'chat', 'started target'), () => {
  for (const [patience, rows] of [
    ['patient', told],
    ['impatient', untold],
  ] as const)
    for (const [what, lie, answers] of rows)
      test(
        `answers with ${what}, callers get a clear 502, 503 or 504, and afterwards a right answer`,
        requirement('RES-06'),
        async ({ serviceBehindLies, recovers, settled }) => {
          const { target, platform, upstream, askEverywhere, greeted, patienceMs } = await serviceBehindLies(patience);
          await expect(greeted, 'steady state').toPass({ timeout: 20_000 });

          const said = upstream.lie(lie);
          const answered = await askEverywhere();
          expect(saidIn(answered)).toEqual(answers);
          const meant = Object.values(answers).filter((answer) => answer !== '200').length;
          // On a busy machine a caller may lose patience before its call has come to where it is lied to.
          await expect.poll(() => said.answered(), 'calls that were lied to').toBeGreaterThanOrEqual(meant);
          if (patience === 'impatient')
            for (const [where, { ms }] of Object.entries(answered)) expect(ms, where).toBeGreaterThan(patienceMs - 50);

          said.stop();
          await recovers('answers', greeted, { within: 20_000 });
          await settled({ on: target, databases: [platform] });
        },
      );

  for (const what of ['is not there', 'resets every connection'] as const)
    test(
      `${what}, callers get a clear 503 that says when to come back, and afterwards a right answer`,
      requirement('RES-06'),
      async ({ serviceBehindLies, recovers, settled }) => {
        const { target, platform, link, askEverywhere, greeted } = await serviceBehindLies('patient');
        await expect(greeted, 'steady state').toPass({ timeout: 20_000 });
        const fault = await (what === 'is not there' ? link.down() : link.add(reset_peer()));
        expect(saidIn(await askEverywhere())).toEqual(gone);
        await fault.remove();
        await recovers('answers', greeted, { within: 20_000 });
        await settled({ on: target, databases: [platform] });
      },
    );

  test(
    'is slow and never silent for long, a stream goes on past the time that a silence may last',
    requirement('RES-06', 'STREAM-18'),
    async ({ serviceBehindLies, inferenceOn, modelId }) => {
      const { http, upstream, greeted, patienceMs } = await serviceBehindLies('impatient');
      await expect(greeted, 'steady state').toPass({ timeout: 20_000 });
      const slow = upstream.lie(lies.dripping(patienceMs / 6));
      const began = performance.now();
      const stream = await inferenceOn(http).chat.chatStream(
        simple(modelId, undefined, { max_tokens: 6, ignore_eos: true }),
      );
      const { record, error } = await stream.wire.done();
      expect([error, record.events.at(-1)?.data]).toEqual([null, '[DONE]']);
      expect(performance.now() - began).toBeGreaterThan(patienceMs);
      expect(slow.answered()).toBe(1);
    },
  );
});
