import { expect, needs, requirement, test, uniqueName } from '../../fixtures/index.ts';

const prompts = ['Hello, respond briefly', 'Thank you very much!', 'Goodbye'];

test.describe('platform flow', needs('registry', 'inference', 'batch', 'metrics'), () => {
  test('a registered model answers a prompt and a batch, and the metrics count all of it', {
    ...requirement('FLOW-01'),
    tag: '@e2e',
  }, async ({ registerModel, registry, inference, batches, operations, watchMetrics, user, databases, query }) => {
    const metrics = await watchMetrics();
    const { id, name, served_id } = await registerModel({ tags: ['flow'], parameters: { max_tokens: 3 } });
    expect((await registry.named(name, 'latest')).body.id).toBe(id);

    const one = (await inference.infer({ model: name, input: prompts[0] ?? '' })).body;
    expect(one.model).toMatchObject({ name, served_id });
    expect(one.output).not.toBe('');

    const submitted = (
      await batches.submit(
        `${name}:1.0.0`,
        prompts.map((input) => ({ input })),
      )
    ).body;
    expect((await batches.watch(submitted.id)).at(-1)?.status).toBe('done');
    const results = await batches.results(submitted.id, submitted.results_url);
    expect(results).toHaveLength(prompts.length);
    // The same prompt gives the same output in both ways, within the max_tokens that the model was registered with.
    expect(results[0]?.output).toBe(one.output);
    for (const { usage } of [one, ...results]) expect(usage?.completion_tokens).toBeLessThanOrEqual(3);

    expect((await operations.ready()).body.status).toBe('up');
    await expect.poll(() => metrics.increase('batch_items_total', { outcome: 'done' })).toBe(prompts.length);
    const answers = [one.usage, ...results.map(({ usage }) => usage)];
    const tokens = answers.reduce((sum, usage) => sum + (usage?.total_tokens ?? 0), 0);
    // Only these purposes are counted, because a document of an earlier test may be indexed meanwhile.
    const counted = await Promise.all(
      ['inference', 'batch'].map((purpose) => metrics.increase('model_tokens_total', { purpose })),
    );
    expect(counted.reduce((sum, increase) => sum + increase, 0)).toBe(tokens);
    const calls = await query(
      databases.platform.urls.owner,
      `SELECT capability, count(*)::int AS calls FROM inferences WHERE user_id = $1 GROUP BY 1 ORDER BY 1`,
      [user.id],
    );
    expect(calls).toEqual([
      { capability: 'batch', calls: prompts.length },
      { capability: 'inference', calls: 1 },
    ]);
  });

  test(
    'health, readiness, metrics, OpenAPI document and backends all report a working service',
    requirement('FLOW-02'),
    async ({ operations, http, admin, target }) => {
      expect((await operations.health()).body.status).toBe('ok');
      const { status, body } = await operations.ready();
      expect({ status, readiness: body.status }).toEqual({ status: 200, readiness: 'up' });
      const dependencies = body.dependencies ?? {};
      for (const name of ['model', 'postgres:shop', 'postgres:clinic', 'postgres:platform'])
        expect(dependencies[name], name).toMatchObject({ status: 'up' });
      expect(Object.values(dependencies).map((dependency) => dependency.status)).not.toContain('down');

      const { types } = (await operations.metrics()).body;
      expect(types).toMatchObject({
        http_request_duration_seconds: 'histogram',
        http_requests_in_flight: 'gauge',
        model_request_duration_seconds: 'histogram',
        model_tokens_total: 'counter',
        batch_items_total: 'counter',
        batches_total: 'counter',
        batch_items_running: 'gauge',
        process_cpu_seconds_total: 'counter',
      });
      const { paths } = (await operations.openapi()).body;
      for (const path of ['/api/v1/models/{id}', '/api/v1/inference', '/api/v1/batches/{id}/results'])
        expect(Object.keys(paths), `OpenAPI of ${target.url}`).toContain(path);
      const backends = await http.request('GET', '/api/v1/backends', { headers: admin.headers });
      expect(backends.status).toBe(200);
      expect(backends.text).toContain('"healthy":true');
    },
  );

  test(
    'the metrics rise by exactly the requests, model calls and tokens of the work that was done',
    requirement('FLOW-03'),
    async ({ registerModel, registry, inference, batches, sql, user, watchMetrics, operations, databases, query }) => {
      const model = await registerModel({ parameters: { max_tokens: 6 } });
      const platform = databases.platform.urls.owner;
      // Wait until a document of an earlier test of this worker is embedded: its tokens are not this test's.
      const busy = async () => ({
        jobs: await query(platform, "SELECT id FROM jobs WHERE state IN ('queued', 'active')"),
        calls: (await operations.metrics()).body.value('model_backend_in_flight'),
      });
      await expect.poll(busy).toEqual({ jobs: [], calls: 0 });
      const metrics = await watchMetrics();
      const request_id = uniqueName('request');
      const spent = { inference: 0, batch: 0 };

      for (const input of prompts) {
        const { body } = await inference.infer(
          { model: model.name, input },
          { headers: { 'x-request-id': request_id } },
        );
        spent.inference += body.usage.total_tokens;
      }
      await inference.refusal({ model: uniqueName('nobody'), input: 'Hello' });
      await inference.refusal({ model: model.name });
      await registry.read(model.id);
      await registry.refusal('read', { id: crypto.randomUUID() });
      const { body } = await batches.submit(
        model.name,
        [...prompts, ...prompts].map((input) => ({ input })),
      );
      const reads = (await batches.watch(body.id)).length;
      for (const { usage } of await batches.results(body.id)) spent.batch += usage?.total_tokens ?? 0;
      const answer = (await sql.ask('How many customers are there?', { database: 'shop' })).body;

      const requests: readonly (readonly [Record<string, string>, number])[] = [
        [{ method: 'POST', route: '/api/v1/inference', status: '200' }, 3],
        [{ method: 'POST', route: '/api/v1/inference', status: '404' }, 1],
        [{ method: 'POST', route: '/api/v1/inference', status: '422' }, 1],
        [{ method: 'GET', route: '/api/v1/models/:id', status: '200' }, 1],
        [{ method: 'GET', route: '/api/v1/models/:id', status: '404' }, 1],
        [{ method: 'POST', route: '/api/v1/batches', status: '202' }, 1],
        [{ method: 'GET', route: '/api/v1/batches/:id', status: '200' }, reads],
        [{ method: 'GET', route: '/api/v1/batches/:id/results', status: '200' }, 1],
        [{ method: 'POST', route: '/api/v1/sql', status: '200' }, 1],
        [{ status: '500' }, 0],
        [{ status: '503' }, 0],
      ];
      for (const [labels, times] of requests)
        await expect
          .poll(() => metrics.increase('http_request_duration_seconds_count', labels), {
            message: JSON.stringify(labels),
          })
          .toBe(times);

      const calls = { inference: 3, batch: 6, generate: answer.attempts.length, chat: 0, answer: 0 };
      for (const [purpose, times] of Object.entries(calls))
        expect(await metrics.increase('model_request_duration_seconds_count', { purpose }), purpose).toBe(times);
      expect(await metrics.increase('model_tokens_total', { purpose: 'inference' })).toBe(spent.inference);
      expect(await metrics.increase('model_tokens_total', { purpose: 'batch' })).toBe(spent.batch);
      expect(await metrics.increase('model_tokens_total')).toBe(
        spent.inference + spent.batch + answer.usage.total_tokens,
      );
      expect(await metrics.increase('batch_items_total', { outcome: 'done' })).toBe(6);
      expect(await metrics.increase('batch_items_total')).toBe(6);
      expect(await metrics.increase('batches_total', { outcome: 'submitted' })).toBe(1);
      expect(await metrics.increase('sql_questions_total')).toBe(1);
      expect(await metrics.increase('http_requests_in_flight')).toBe(0);

      const stored = await query(
        platform,
        `SELECT capability, sum(prompt_tokens + completion_tokens)::int AS tokens
         FROM inferences WHERE user_id = $1 GROUP BY 1 ORDER BY 1`,
        [user.id],
      );
      expect(stored).toEqual([
        { capability: 'batch', tokens: spent.batch },
        { capability: 'inference', tokens: spent.inference },
      ]);
    },
  );

  test('eight users run inference and batches at once, and every result, call and token is counted once', {
    ...requirement('FLOW-04'),
    tag: ['@e2e', '@slow'],
  }, async ({ registerModel, signUp, platformClientsFor, stack, watchMetrics, databases, query }) => {
    test.slow();
    const [users, rounds] = [8, 3];
    const { name } = await registerModel({ parameters: { max_tokens: 8 } });
    const metrics = await watchMetrics();
    const runFlow = async () => {
      const user = await signUp();
      const { registry, inference, batches } = platformClientsFor(user);
      let tokens = 0;
      for (let round = 0; round < rounds; round++) {
        expect((await registry.named(name, 'latest')).body.name).toBe(name);
        const { body } = await inference.infer({ model: name, input: prompts[round] ?? '' });
        const { id } = (
          await batches.submit(
            name,
            prompts.map((input) => ({ input })),
          )
        ).body;
        expect((await batches.watch(id)).at(-1)).toMatchObject({ status: 'done', counts: { done: prompts.length } });
        const results = await batches.results(id);
        if (stack.model.determinism.tier === 'exact') expect(results[round]?.output).toBe(body.output);
        tokens += results.reduce((sum, { usage }) => sum + (usage?.total_tokens ?? 0), body.usage.total_tokens);
      }
      return { user: user.id, tokens };
    };
    const finished = await Promise.all(Array.from({ length: users }, runFlow));
    const rows = await query(
      databases.platform.urls.owner,
      `SELECT user_id AS user, sum(prompt_tokens + completion_tokens)::int AS tokens
         FROM inferences WHERE user_id = ANY ($1) AND status = 'ok' GROUP BY 1`,
      [finished.map(({ user }) => user)],
    );
    const byUser = (list: typeof rows) => new Map(list.map(({ user, tokens }) => [user, tokens]));
    expect(byUser(rows)).toEqual(byUser(finished));
    const flows = users * rounds;
    await expect.poll(() => metrics.increase('batches_total', { outcome: 'done' })).toBe(flows);
    expect(await metrics.increase('batch_items_total', { outcome: 'done' })).toBe(flows * prompts.length);
    expect(await metrics.increase('batch_items_total')).toBe(flows * prompts.length);
    expect(await metrics.increase('batch_items_running')).toBe(0);
    expect(await metrics.increase('model_tokens_total')).toBe(finished.reduce((sum, { tokens }) => sum + tokens, 0));
    for (const status of ['500', '502', '503', '504'])
      expect(await metrics.increase('http_request_duration_seconds_count', { status }), status).toBe(0);
  });
});
