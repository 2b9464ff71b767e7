import { chatRequest, expect, lies, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const questions = { count: 'How many customers are there?', names: 'List the names of the customers from Norway.' };
const shop = { database: 'shop' };
const batchItemsSql = `SELECT state, attempts, worker FROM batch_items WHERE batch_id = $1 ORDER BY position`;

test.describe('shutdown on SIGTERM', needs('sql', 'chat', 'inference', 'batch', 'started target'), () => {
  test(
    'on SIGTERM the service finishes requests in flight, refuses new ones, hands over batches and exits in time',
    requirement('RES-19', 'BATCH-08'),
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
    'on SIGTERM the service ends overlong requests with a shutting_down error and exits in time',
    requirement('RES-19'),
    async ({ startUpstream, startOwnTarget, clientsFor, modelClientsFor, modelId }) => {
      const upstream = await startUpstream();
      const limitMs = 1_500;
      const target = await startOwnTarget({ model: upstream, settings: { 'shutdown timeout': limitMs } });
      const { http, sql, operations } = clientsFor(target);
      const { chat } = modelClientsFor(http);
      await chat.chat(chatRequest(modelId));

      upstream.lie(lies.silence(), { when: ({ stream }) => !stream });
      upstream.lie(lies.endless(), { when: ({ stream }) => stream });
      const greeting = chatRequest(modelId);
      const [plain, question] = [chat.chatRefusal(greeting), sql.stream(questions.names, shop)];
      const { wire } = await chat.chatStream(greeting);
      const callsInFlight = async () => (await operations.metrics()).body.value('model_backend_in_flight');
      await expect.poll(callsInFlight).toBe(3);

      const began = performance.now();
      const code = await target.stop('SIGTERM', limitMs + 20_000);
      const ms = performance.now() - began;
      expect(code, 'exit code: the service should exit by itself').toBe(0);
      // The margin is for a busy machine, which may take long to end a process.
      expect(ms).toBeLessThan(limitMs + 10_000);
      const { status, body } = await plain;
      expect([status, body.error.code]).toEqual([503, 'shutting_down']);
      const { record, error } = await wire.done();
      expect(error, 'transport error of the stream, which should end cleanly').toBeNull();
      expect(JSON.parse(record.events.at(-1)?.data ?? '')).toMatchObject({ error: { code: 'shutting_down' } });
      expect((await (await question).collect()).at(-1)).toMatchObject({
        name: 'error',
        data: { code: 'shutting_down' },
      });
    },
  );
});
