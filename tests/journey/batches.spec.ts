import { expect, isReference, lies, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const prompts = ['Hello, respond briefly', 'Thank you very much!', 'Who are you?', 'Goodbye', 'How are you?'];
const prompt = (index: number) => prompts[index % prompts.length] ?? '';
const items = (count: number, max_tokens = 16) =>
  Array.from({ length: count }, (_, index) => ({ input: prompt(index), max_tokens }));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test.describe('batches', needs('batch', 'registry'), () => {
  test('a batch gives the results that its prompts give one by one, and its tokens are counted', {
    ...requirement('BATCH-01'),
    tag: '@quick',
  }, async ({ batches, inference, registerModel, stack, user, watchMetrics, databases, query }) => {
    const { name, served_id } = await registerModel();
    const oneByOne: string[] = [];
    for (const { input, max_tokens } of items(5))
      oneByOne.push((await inference.infer({ model: name, input, max_tokens })).body.output);
    const metrics = await watchMetrics();

    const submitted = await batches.submit(name, items(5));
    expect(submitted.status).toBe(202);
    const { id } = submitted.body;
    expect(submitted.body).toMatchObject({ total: 5, model: { name, version: '1.0.0', served_id } });
    expect(submitted.headers['location']).toMatch(new RegExp(`/${id}$`));
    const finished = (await batches.watch(id)).at(-1);
    expect(finished).toMatchObject({ status: 'done', counts: { done: 5, failed: 0, cancelled: 0 } });

    const results = await batches.results(id);
    expect(results.map(({ status, error }) => [status, error])).toEqual(Array(5).fill(['done', null]));
    if (stack.model.determinism.tier === 'exact') expect(results.map(({ output }) => output)).toEqual(oneByOne);

    const tokens = {
      prompt: sum(results.map(({ usage }) => usage?.prompt_tokens ?? 0)),
      completion: sum(results.map(({ usage }) => usage?.completion_tokens ?? 0)),
    };
    const url = databases.platform.urls.owner;
    const stored = await query(
      url,
      `SELECT position, result->>'output' AS output FROM batch_items
         WHERE batch_id = $1 AND state = 'done' ORDER BY position`,
      [id],
    );
    expect(stored).toEqual(results.map(({ output }, position) => ({ position, output })));
    const calls = await query(
      url,
      `SELECT count(*)::int AS calls, sum(prompt_tokens)::int AS prompt, sum(completion_tokens)::int AS completion
         FROM inferences WHERE user_id = $1 AND capability = 'batch' AND purpose = 'batch' AND status = 'ok'`,
      [user.id],
    );
    expect(calls).toEqual([{ calls: 5, ...tokens }]);
    for (const [kind, count] of Object.entries(tokens))
      expect(await metrics.increase('model_tokens_total', { purpose: 'batch', kind })).toBe(count);
    await expect.poll(() => metrics.increase('batch_items_total', { outcome: 'done' })).toBe(5);
    await expect.poll(() => metrics.increase('batches_total', { outcome: 'done' })).toBe(1);
    expect(await metrics.increase('batches_total', { outcome: 'submitted' })).toBe(1);
  });

  test(
    'the progress of a batch only rises, and its counts always add up to its total',
    requirement('BATCH-02'),
    async ({ batches, modelId }) => {
      const many = 40;
      const { body } = await batches.submit(modelId, items(many, 32));
      const seen = await batches.watch(body.id);
      const progress = seen.map(({ counts }) => counts.done + counts.failed);
      expect(
        progress.filter((done) => done > 0 && done < many),
        'progress that was seen between the first and the last item',
      ).not.toEqual([]);
      expect(progress).toEqual(progress.toSorted((a, b) => a - b));
      for (const { counts, total } of [body, ...seen])
        expect(counts.queued + counts.running + counts.done + counts.failed + counts.cancelled).toBe(total);
      const order = ['queued', 'running', 'done'];
      const states = seen.map(({ status }) => order.indexOf(status));
      expect(states).toEqual(states.toSorted((a, b) => a - b));
      expect(seen.at(-1)).toMatchObject({ total: many, counts: { done: many, queued: 0, running: 0 } });
    },
  );

  test(
    'a batch counts each of its items once, as running and then as done',
    requirement('BATCH-02', needs('auth', 'scripted model')),
    async ({ startUpstream, startOwnTarget, clientsFor, platformClientsFor, signUp, modelId }) => {
      const { promise: answered, resolve: answer } = Promise.withResolvers<string>();
      const upstream = await startUpstream();
      upstream.lie(lies.says(() => answered));
      const { http } = clientsFor(await startOwnTarget({ model: upstream, databases: 'fresh' }));
      const { batches } = platformClientsFor(await signUp({}, http), http);
      const { id } = (await batches.submit(modelId, items(3))).body;
      const none = { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 };
      const counts = async () => (await batches.read(id)).body.counts;
      const running = async () => (await counts()).running;
      await expect.poll(running, 'items that run while the model does not answer').toBeGreaterThan(0);
      expect(sum(Object.values(await counts()) as number[]), 'items of all states').toBe(3);
      if (isReference)
        await expect.poll(counts, 'counts while every item waits for the model').toEqual({ ...none, running: 3 });
      answer('at last');
      await expect.poll(counts).toEqual({ ...none, done: 3 });
    },
  );

  test(
    'cancelling a batch aborts its calls to the model at once',
    requirement('BATCH-04', needs('auth', 'scripted model')),
    async ({ startUpstream, startOwnTarget, clientsFor, platformClientsFor, signUp, modelId }) => {
      let [begun, dropped] = [0, 0];
      const upstream = await startUpstream();
      // The model never answers, so a call ends only when the service drops it.
      upstream.lie(
        lies.plays(async ({ left }) => {
          begun += 1;
          await new Promise((resolve) => left.addEventListener('abort', resolve));
          dropped += 1;
        }),
      );
      // With this lease the reference service checks its items every 15 s; an earlier abort comes of the cancel request.
      const settings = isReference ? { settings: { 'batch lease': 60_000 } } : {};
      const { http } = clientsFor(await startOwnTarget({ model: upstream, databases: 'fresh', ...settings }));
      const { batches } = platformClientsFor(await signUp({}, http), http);
      const { id } = (await batches.submit(modelId, items(3))).body;
      await expect.poll(() => begun, 'calls to the model before the batch is cancelled').toBeGreaterThan(0);
      if (isReference) await expect.poll(() => begun, 'one call for each item').toBe(3);
      const cancelled = (await batches.cancel(id)).body;
      if (isReference) expect(cancelled.counts).toEqual({ queued: 0, running: 0, done: 0, failed: 0, cancelled: 3 });
      await expect
        .poll(() => begun - dropped, 'calls that still wait for the model after the batch was cancelled')
        .toBe(0);
      if (isReference) expect((await batches.read(id)).body).toEqual(cancelled);
    },
  );

  test(
    'a batch completes its valid items and reports an error for each item that fails',
    requirement('BATCH-03'),
    async ({ batches, modelId, watchMetrics }) => {
      const tooLong = { input: 'word '.repeat(6_000) };
      const metrics = await watchMetrics();
      const { body } = await batches.submit(modelId, [
        { id: 'good', input: 'Hello', max_tokens: 8 },
        { id: 'bad', ...tooLong },
        { id: 'also good', messages: [{ role: 'user', content: 'Goodbye' }], max_tokens: 8 },
      ]);
      expect((await batches.watch(body.id)).at(-1)).toMatchObject({ status: 'done', counts: { done: 2, failed: 1 } });
      const [good, bad, alsoGood] = await batches.results(body.id);
      expect(good).toMatchObject({ id: 'good', status: 'done', error: null });
      expect(alsoGood).toMatchObject({ id: 'also good', status: 'done', error: null });
      expect(bad).toMatchObject({ id: 'bad', status: 'failed', output: null, error: { code: 'prompt_too_long' } });
      expect(bad?.error?.message).toContain('input');
      expect(await metrics.increase('batch_items_total', { outcome: 'failed' })).toBe(1);

      const allBad = await batches.submit(modelId, [tooLong, tooLong]);
      expect((await batches.watch(allBad.body.id)).at(-1)).toMatchObject({ status: 'failed', counts: { failed: 2 } });
      await expect.poll(() => metrics.increase('batches_total', { outcome: 'failed' })).toBe(1);
    },
  );

  test(
    'a cancelled batch stops, keeps the results that are done, and stays cancelled',
    requirement('BATCH-04'),
    async ({ batches, modelId, watchMetrics, databases, query, user }) => {
      const many = 300;
      const metrics = await watchMetrics();
      const { body } = await batches.submit(modelId, items(many, 32));
      await batches.watch(body.id, ({ counts }) => counts.done > 0);
      const cancelled = (await batches.cancel(body.id)).body;
      const { done } = cancelled.counts;
      expect(cancelled).toMatchObject({
        status: 'cancelled',
        counts: { queued: 0, running: 0, failed: 0, cancelled: many - done },
      });
      expect(done).toBeLessThan(many);
      expect((await batches.cancel(body.id)).body, 'the batch after it was cancelled a second time').toEqual(cancelled);

      // Items of the cancelled batch that were still queued would have to be processed before a later batch.
      const after = await batches.submit(modelId, items(8));
      expect((await batches.watch(after.body.id)).at(-1)?.status).toBe('done');
      expect((await batches.read(body.id)).body).toEqual(cancelled);
      const results = await batches.results(body.id);
      expect(results.filter(({ status }) => status === 'done')).toHaveLength(done);
      for (const { status, output } of results) expect(output === null).toBe(status === 'cancelled');
      expect(await metrics.increase('batch_items_total', { outcome: 'cancelled' })).toBe(many - done);
      expect(await metrics.increase('batches_total', { outcome: 'cancelled' })).toBe(1);
      const [row] = await query(
        databases.platform.urls.owner,
        'SELECT count(*)::int AS calls FROM inferences WHERE user_id = $1',
        [user.id],
      );
      expect(Number(row?.['calls']), 'recorded calls to the model, those in flight included').toBeLessThan(many);

      const refused = await batches.refusal('cancel', { id: after.body.id });
      expect(refused.body).toMatchObject({ status: 409, code: 'batch_finished' });
    },
  );

  test(
    'only its owner can read a batch, cancel it or fetch its results',
    requirement('BATCH-05', 'SEC-01'),
    async ({ batches, platformClientsFor, signUp, admin, modelId, http }) => {
      const { body } = await batches.submit(modelId, items(200, 32));
      const { id } = body;
      const unfinished = await batches.refusal('results', { id });
      expect(unfinished.body).toMatchObject({ status: 409, code: 'batch_unfinished' });
      expect(unfinished.headers['retry-after'], 'Retry-After').toMatch(/^\d+$/);
      const strangers = { 'another user': await signUp(), 'an admin': admin };
      for (const [who, stranger] of Object.entries(strangers))
        for (const endpoint of ['read', 'cancel', 'results'] as const)
          expect(
            await platformClientsFor(stranger).batches.refusal(endpoint, { id }),
            `${endpoint} by ${who}`,
          ).toBeProblem(404);
      for (const endpoint of ['read', 'cancel', 'results'] as const)
        expect(await platformClientsFor(undefined).batches.refusal(endpoint, { id }), endpoint).toBeProblem(401);
      expect(['queued', 'running'], 'status after the refused cancellations').toContain(
        (await batches.read(id)).body.status,
      );
      await batches.cancel(id);
      expect(await batches.results(id, body.results_url)).toHaveLength(200);
      expect((await http.request('GET', body.results_url)).status).toBe(401);
      const unknown = { id: crypto.randomUUID() };
      for (const endpoint of ['read', 'cancel', 'results'] as const)
        expect(await batches.refusal(endpoint, unknown), endpoint).toBeProblem(404);
    },
  );

  test(
    'a batch returns its results in the order of submission, under the submitted ids',
    requirement('BATCH-06'),
    async ({ batches, modelId, databases, query }) => {
      // The first item takes by far the longest, so that it is done last or nearly last.
      const submitted = Array.from({ length: 12 }, (_, index) => ({
        ...(index % 3 === 2 ? {} : { id: `item "${String.fromCharCode(122 - index)}" ünï ${index}` }),
        input: index === 0 ? `Repeat after me: ${'one two three '.repeat(20)}` : prompt(index),
        max_tokens: index === 0 ? 64 : 1,
      }));
      const { body } = await batches.submit(modelId, submitted);
      await batches.watch(body.id);
      const results = await batches.results(body.id);
      expect(results.map(({ index }) => index)).toEqual(submitted.map((_, index) => index));
      expect(results.map(({ id }) => id)).toEqual(submitted.map(({ id }, index) => id ?? String(index)));
      const lengths = results.map(({ usage }) => usage?.completion_tokens ?? 0);
      expect(lengths[0]).toBeGreaterThan(1);
      expect(lengths.slice(1)).toEqual(Array(11).fill(1));
      const finished = await query(
        databases.platform.urls.owner,
        'SELECT position FROM batch_items WHERE batch_id = $1 ORDER BY finished_at',
        [body.id],
      );
      expect(finished[0], 'the first item must not be done first').not.toEqual({
        position: 0,
      });
    },
  );
});
