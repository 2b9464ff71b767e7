import { expect, lies, needs, requirement, simple, faultTest as test } from '../../fixtures/index.ts';

const questions = { sql: 'How many customers are there?', names: 'List the names of the customers from Norway.' };
const shop = { database: 'shop' };
const itemsSql = `SELECT state, attempts, worker FROM batch_items WHERE batch_id = $1 ORDER BY position`;

test.describe('SIGTERM', needs('sql', 'chat', 'inference', 'batch', 'started target'), () => {
  test(
    'lets what is in flight end well, refuses what is new, hands batches on, and ends the service in time',
    requirement('RES-19', 'BATCH-08'),
    async ({
      startUpstream,
      startOwnTarget,
      freshDatabase,
      clientsOf,
      inferenceOn,
      platformAs,
      signUp,
      modelId,
      query,
      settled,
      sessionsOf,
    }) => {
      const [platform, hop] = [await freshDatabase('platform'), await startUpstream()];
      const owner = platform.urls.owner;
      const limitMs = 20_000;
      const target = await startOwnTarget({
        platform: owner,
        model: hop,
        env: { SHUTDOWN_TIMEOUT_MS: String(limitMs), BATCH_CONCURRENCY: '2' },
      });
      const { http, sql, operations } = clientsOf(target);
      const { chat } = inferenceOn(http);
      const user = await signUp({}, http);
      const { inference, batches } = platformAs(user, http);
      const greeting = simple(modelId, undefined, { max_tokens: 24 });
      await chat.chat(greeting);

      // Slow enough to be under way while the service is told to stop, and much faster than the limit.
      const slow = hop.lie(lies.dripping(100), { when: ({ text }) => !text.includes('batch') });
      const stuck = hop.lie(lies.silence(), { saying: /batch/ });
      const { id } = (await batches.submit(modelId, Array(5).fill({ input: 'of a batch', max_tokens: 4 }))).body;
      const inFlight = [
        chat.chat(greeting).then(({ body }) => expect(body.choices[0]?.finish_reason).toBeTruthy()),
        inference
          .infer({ model: modelId, input: 'Hello, respond briefly' })
          .then(({ body }) => expect(body.output).not.toBe('')),
        sql.ask(questions.sql, shop).then(({ body }) => expect(body.row_count).toBe(1)),
        sql
          .stream(questions.names, shop)
          .then(async (stream) => expect((await stream.collect()).at(-1)?.name).toBe('done')),
        chat.chatStream(greeting).then(async ({ wire }) => {
          const { record, error } = await wire.done();
          expect([error, record.events.at(-1)?.data]).toEqual([null, '[DONE]']);
        }),
      ];
      const ended = Promise.all(inFlight);
      // Until they are looked at.
      ended.catch(() => {});
      const atWork = async () => (await operations.metrics()).body.value('model_backend_in_flight');
      await expect.poll(atWork, { intervals: [25] }).toBe(inFlight.length + 2);

      const began = performance.now();
      const stopping = target.stop('SIGTERM', 2 * limitMs).then((code) => ({ code, ms: performance.now() - began }));
      await expect.poll(() => operations.ready()).toMatchObject({ status: 503, body: { status: 'stopping' } });
      const refusal = await sql.refusal({ question: questions.sql, ...shop });
      expect(refusal).toBeProblem(503, /stopping/);
      expect(refusal.body).toMatchObject({ code: 'shutting_down' });
      expect(refusal.headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
      const openai = await chat.chatRefusal(greeting);
      expect([openai.status, openai.body.error.code]).toEqual([503, 'shutting_down']);
      expect((await batches.refusal('create', {}, { json: { model: modelId, items: [{ input: 'x' }] } })).status).toBe(
        503,
      );

      await ended;
      const { code, ms } = await stopping;
      expect(code).toBe(0);
      expect(ms).toBeLessThan(limitMs);
      await expect(sql.ask(questions.sql)).rejects.toThrow(/refused/i);
      expect(await sessionsOf([platform]), 'connections of a service that has ended').toEqual({
        [platform.database]: 0,
      });
      expect(await query(owner, itemsSql, [id]), 'handed back as if never begun').toEqual(
        Array(5).fill({ state: 'queued', attempts: 0, worker: null }),
      );

      slow.stop();
      stuck.stop();
      const next = await startOwnTarget({ platform: owner, model: hop });
      const after = platformAs(user, clientsOf(next).http).batches;
      expect((await after.watch(id)).at(-1)).toMatchObject({ status: 'done', counts: { done: 5 } });
      await settled({ on: next, databases: [platform] });
    },
  );

  test(
    'ends what would take too long with a word to its caller, and exits in time all the same',
    requirement('RES-19'),
    async ({ startUpstream, startOwnTarget, clientsOf, inferenceOn, modelId }) => {
      const hop = await startUpstream();
      const limitMs = 1_500;
      const target = await startOwnTarget({ model: hop, env: { SHUTDOWN_TIMEOUT_MS: String(limitMs) } });
      const { http, sql, operations } = clientsOf(target);
      const { chat } = inferenceOn(http);
      await chat.chat(simple(modelId));

      hop.lie(lies.silence(), { when: ({ stream }) => !stream });
      hop.lie(lies.endless(), { when: ({ stream }) => stream });
      const greeting = simple(modelId);
      const [plain, question] = [chat.chatRefusal(greeting), sql.stream(questions.names, shop)];
      const { wire } = await chat.chatStream(greeting);
      const atWork = async () => (await operations.metrics()).body.value('model_backend_in_flight');
      await expect.poll(atWork).toBe(3);

      const began = performance.now();
      const code = await target.stop('SIGTERM', limitMs + 20_000);
      const ms = performance.now() - began;
      expect(code, 'an end of its own').toBe(0);
      // As long as a busy machine takes to end a process.
      expect(ms).toBeLessThan(limitMs + 10_000);
      const { status, body } = await plain;
      expect([status, body.error.code]).toEqual([503, 'shutting_down']);
      const { record, error } = await wire.done();
      expect(error, 'a clean end').toBeNull();
      expect(JSON.parse(record.events.at(-1)?.data ?? '')).toMatchObject({ error: { code: 'shutting_down' } });
      expect((await (await question).collect()).at(-1)).toMatchObject({
        name: 'error',
        data: { code: 'shutting_down' },
      });
    },
  );
});
