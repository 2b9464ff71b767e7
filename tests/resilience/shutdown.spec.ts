import { chatRequest, expect, isReference, lies, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const questions = { count: 'How many customers are there?', names: 'List the names of the customers from Norway.' };
const shop = { database: 'shop' };
const batchItemsSql = `SELECT state, attempts, worker FROM batch_items WHERE batch_id = $1 ORDER BY position`;

test.describe('shutdown on SIGTERM', needs('chat', 'scripted model', 'settings.shutdown timeout'), () => {
  test(
    'on SIGTERM the service finishes requests in flight, refuses new ones, hands over batches and exits in time',
    requirement('RES-19', 'BATCH-08', needs('sql', 'inference', 'batch', 'started target')),
    async ({
      startUpstream,
      startOwnTarget,
      freshDatabase,
      clientsFor,
      modelClientsFor,
      platformClientsFor,
      signUp,
      modelId,
      query,
      waitForQuiescence,
      sessionsOf,
    }) => {
      const [platform, upstream] = [await freshDatabase('platform'), await startUpstream()];
      const owner = platform.urls.owner;
      const limitMs = 20_000;
      const target = await startOwnTarget({
        platform: owner,
        model: upstream,
        settings: { 'shutdown timeout': limitMs, 'batch concurrency': 2 },
      });
      const { http, sql, operations } = clientsFor(target);
      const { chat } = modelClientsFor(http);
      const user = await signUp({}, http);
      const { inference, batches } = platformClientsFor(user, http);
      const greeting = chatRequest(modelId, undefined, { max_tokens: 24 });
      await chat.chat(greeting);

      // Slow enough to be in flight when the service gets SIGTERM, and much faster than the shutdown limit.
      const slowAnswers = upstream.lie(lies.dripping(100), { when: ({ text }) => !text.includes('batch') });
      const stuckBatch = upstream.lie(lies.silence(), { saying: /batch/ });
      const { id } = (await batches.submit(modelId, Array(5).fill({ input: 'of a batch', max_tokens: 4 }))).body;
      const inFlight = [
        chat.chat(greeting).then(({ body }) => expect(body.choices[0]?.finish_reason).toBeTruthy()),
        inference
          .infer({ model: modelId, input: 'Hello, respond briefly' })
          .then(({ body }) => expect(body.output).not.toBe('')),
        sql.ask(questions.count, shop).then(({ body }) => expect(body.row_count).toBe(1)),
        sql
          .stream(questions.names, shop)
          .then(async (stream) => expect((await stream.collect()).at(-1)?.name).toBe('done')),
        chat.chatStream(greeting).then(async ({ wire }) => {
          const { record, error } = await wire.done();
          expect([error, record.events.at(-1)?.data]).toEqual([null, '[DONE]']);
        }),
      ];
      const ended = Promise.all(inFlight);
      // Avoids an unhandled rejection: the failures are looked at when `ended` is awaited.
      ended.catch(() => {});
      const callsInFlight = async () => (await operations.metrics()).body.value('model_backend_in_flight');
      await expect.poll(callsInFlight, { intervals: [25] }).toBe(inFlight.length + 2);

      const began = performance.now();
      const stopping = target.stop('SIGTERM', 2 * limitMs).then((code) => ({ code, ms: performance.now() - began }));
      await expect.poll(() => operations.ready()).toMatchObject({ status: 503, body: { status: 'stopping' } });
      const refusal = await sql.refusal({ question: questions.count, ...shop });
      expect(refusal).toBeProblem(503, /stopping/);
      expect(refusal.body).toMatchObject({ code: 'shutting_down' });
      expect(refusal.headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
      const chatRefusal = await chat.chatRefusal(greeting);
      expect([chatRefusal.status, chatRefusal.body.error.code]).toEqual([503, 'shutting_down']);
      expect((await batches.refusal('create', {}, { json: { model: modelId, items: [{ input: 'x' }] } })).status).toBe(
        503,
      );

      await ended;
      const { code, ms } = await stopping;
      expect(code).toBe(0);
      expect(ms).toBeLessThan(limitMs);
      await expect(sql.ask(questions.count)).rejects.toThrow(/refused/i);
      expect(await sessionsOf([platform]), 'sessions of the service after its exit').toEqual({
        [platform.database]: 0,
      });
      expect(
        await query(owner, batchItemsSql, [id]),
        'batch items of the stopped service: all should be queued again, as if never started',
      ).toEqual(Array(5).fill({ state: 'queued', attempts: 0, worker: null }));

      slowAnswers.stop();
      stuckBatch.stop();
      const next = await startOwnTarget({ platform: owner, model: upstream });
      const nextBatches = platformClientsFor(user, clientsFor(next).http).batches;
      expect((await nextBatches.watch(id)).at(-1)).toMatchObject({ status: 'done', counts: { done: 5 } });
      await waitForQuiescence({ on: next, databases: [platform] });
    },
  );

  test(
    'on SIGTERM the service ends overlong requests with an error, and exits within its limit',
    requirement('RES-19', 'OWN-04', needs('chat.streaming')),
    async ({ startUpstream, startOwnTarget, sendChat, clientsFor, modelClientsFor, modelId, settings }) => {
      const upstream = await startUpstream();
      const limitMs = settings.atLeast('shutdown timeout', 1_500, 20_000);
      const target = await startOwnTarget({ model: upstream, settings: { 'shutdown timeout': limitMs } });
      const { http } = clientsFor(target);
      const { chat } = modelClientsFor(http);
      const greeting = chatRequest(modelId);
      await chat.chat(greeting);

      upstream.lie(lies.silence(), { when: ({ stream }) => !stream });
      upstream.lie(lies.endless(), { when: ({ stream }) => stream });
      const before = upstream.calls.length;
      const outcome = sendChat({ json: greeting, timeoutMs: limitMs + 30_000 }, 'POST', http).then(
        (answer) =>
          answer.kind === 'plain' ? { status: answer.status, text: answer.text } : { status: answer.status },
        () => ({ status: 0 }),
      );
      const { wire } = await chat.chatStream(greeting);
      await expect.poll(() => upstream.calls.length - before, 'calls that are being answered').toBe(2);

      const began = performance.now();
      const code = await target.stop('SIGTERM', limitMs + 20_000);
      const ms = performance.now() - began;
      // The margin is for a busy machine, which may take long to end a process.
      expect(ms, `ms until the service exits, with a limit of ${limitMs} ms`).toBeLessThan(limitMs + 10_000);
      const plain = await outcome;
      // A connection that breaks is no success either.
      expect([200, 201, 204], 'the status of a chat that never had an answer').not.toContain(plain.status);
      const { record, error } = await wire.done();
      expect(record.events.at(-1)?.data, 'the last event of a stream that was never whole').not.toBe('[DONE]');
      if (!isReference) return;
      expect(code, 'exit code: the service should exit by itself').toBe(0);
      expect([plain.status, plain]).toEqual([
        503,
        expect.objectContaining({ text: expect.stringContaining('shutting_down') }),
      ]);
      expect(error, 'transport error of the stream, which should end cleanly').toBeNull();
      expect(JSON.parse(record.events.at(-1)?.data ?? '')).toMatchObject({ error: { code: 'shutting_down' } });
    },
  );
});
