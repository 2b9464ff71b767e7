import { expect, needs, requirement, test, uniqueName } from '../../fixtures/index.ts';

const hello = 'Hello, respond briefly';

test.describe('real-time inference', needs('inference', 'registry'), () => {
  test('a registered model answers with what the model server says, and the call is on the books', {
    ...requirement('RT-01'),
    tag: '@quick',
  }, async ({ inference, registerModel, model, modelId, user, meter, databases, query }) => {
    const registered = await registerModel();
    const meters = await meter();
    const request_id = uniqueName('request');
    const headers = { 'x-request-id': request_id };
    const asked = { model: registered.name, input: hello, max_tokens: 24 };
    const { body } = await inference.infer(asked, { headers });
    expect(body.model).toEqual({ name: registered.name, version: '1.0.0', served_id: registered.served_id });
    expect(body.usage.completion_tokens).toBeGreaterThan(0);
    expect(body.usage.total_tokens).toBe(body.usage.prompt_tokens + body.usage.completion_tokens);

    const messages = [{ role: 'user', content: hello }];
    const direct = (await model.chat({ model: modelId, messages, temperature: 0, max_tokens: 24 })).body;
    expect(body.output).toBe(direct.choices[0]?.message.content);
    expect(body.finish_reason).toBe(direct.choices[0]?.finish_reason);
    expect(body.usage).toMatchObject({
      prompt_tokens: direct.usage?.prompt_tokens,
      completion_tokens: direct.usage?.completion_tokens,
    });

    const { prompt_tokens, completion_tokens } = body.usage;
    const books = await query(
      databases.platform.urls.owner,
      `SELECT user_id, capability, purpose, model, backend, status, prompt_tokens, completion_tokens
         FROM inferences WHERE request_id = $1`,
      [request_id],
    );
    expect(books).toEqual([
      {
        user_id: user.id,
        capability: 'inference',
        purpose: 'inference',
        model: registered.served_id,
        backend: body.backend,
        status: 'ok',
        prompt_tokens,
        completion_tokens,
      },
    ]);
    for (const [kind, tokens] of Object.entries({ prompt: prompt_tokens, completion: completion_tokens }))
      expect(await meters.moved('model_tokens_total', { purpose: 'inference', kind })).toBe(tokens);
    expect(await meters.moved('model_request_duration_seconds_count', { purpose: 'inference' })).toBe(1);
  });

  test(
    'a model goes by its name, by name and version, and by the id it is served under',
    requirement('RT-01', 'REG-02'),
    async ({ inference, registerModel }) => {
      const { name, served_id } = await registerModel({ version: '1.0.0' });
      await registerModel({ name, version: '2.0.0', status: 'deprecated' });
      const outputs = new Set<string>();
      for (const [model, version] of [
        [name, '2.0.0'],
        [`${name}:2.0.0`, '2.0.0'],
        [`${name}:1.0.0`, '1.0.0'],
        [`${name}:latest`, '2.0.0'],
        [served_id, null],
      ] as const) {
        const { body } = await inference.infer({ model, messages: [{ role: 'user', content: hello }], max_tokens: 16 });
        expect(body.model, model).toMatchObject({ version, served_id });
        outputs.add(body.output);
      }
      expect([...outputs], 'one model behind all of them').toHaveLength(1);
    },
  );

  test(
    'what a request leaves open, the registered model decides',
    requirement('RT-01'),
    async ({ inference, registerModel }) => {
      const { name } = await registerModel({ parameters: { max_tokens: 2 } });
      const short = (await inference.infer({ model: name, input: hello })).body;
      expect(short).toMatchObject({ finish_reason: 'length', usage: { completion_tokens: 2 } });
      const own = (await inference.infer({ model: name, input: hello, max_tokens: 1 })).body;
      expect(own.usage.completion_tokens).toBe(1);
    },
  );

  test(
    'an unknown model is a 404 that costs no token, a disabled one a 409',
    requirement('RT-02'),
    async ({ inference, registerModel, registry, meter }) => {
      const { id, name } = await registerModel();
      await registry.change(id, { status: 'disabled' });
      const meters = await meter();
      for (const model of [uniqueName('nobody'), `${name}:9.9.9`, `${uniqueName()}:latest`, 'nobody/of:that:name'])
        expect((await inference.refusal({ model, input: hello })).body, model).toMatchObject({
          status: 404,
          code: 'unknown_model',
          model,
        });
      for (const model of [name, `${name}:1.0.0`])
        expect((await inference.refusal({ model, input: hello })).body).toMatchObject({
          status: 409,
          code: 'model_disabled',
        });
      expect(await meters.moved('model_tokens_total')).toBe(0);
      await registry.change(id, { status: 'active' });
      expect((await inference.infer({ model: name, input: hello, max_tokens: 4 })).status).toBe(200);
    },
  );

  test(
    'latency as reported is latency as measured, on the wire, in the metrics and on the books',
    requirement('RT-05'),
    async ({ inference, registerModel, meter, databases, query }) => {
      const { name } = await registerModel();
      await inference.infer({ model: name, input: hello, max_tokens: 4 });
      const meters = await meter();
      const samples: { reported: number; measured: number; model: number; counted: number }[] = [];
      const route = { route: '/api/v1/inference', status: '200' };
      let before = 0;
      for (const max_tokens of [1, 8, 32, 1, 8, 32]) {
        const request_id = uniqueName('request');
        const headers = { 'x-request-id': request_id };
        const { body, exchange } = await inference.infer({ model: name, input: hello, max_tokens }, { headers });
        const [row] = await query(
          databases.platform.urls.owner,
          'SELECT duration_ms FROM inferences WHERE request_id = $1',
          [request_id],
        );
        const measured = (exchange.stamps.end ?? Number.NaN) - exchange.stamps.queued;
        const requests = () => meters.moved('http_request_duration_seconds_count', route);
        await expect.poll(requests, 'requests counted').toBe(samples.length + 1);
        const total = 1_000 * (await meters.moved('http_request_duration_seconds_sum', route));
        const model = Number(row?.['duration_ms']);
        samples.push({ reported: body.latency_ms, measured, model, counted: total - before });
        before = total;
      }
      // Each lies inside the next: the model's part, what was reported, what the caller saw. A millisecond of rounding.
      for (const { reported, measured, model, counted } of samples) {
        expect(model, 'ms at the model, of those reported').toBeLessThanOrEqual(reported + 1);
        expect(reported, 'ms reported, of those that the metrics count').toBeLessThanOrEqual(counted + 1);
        expect(reported, 'ms reported, of those measured').toBeLessThanOrEqual(measured + 1);
      }
      // What a busy machine adds is added now and then; what the service leaves out is left out always.
      const gap = Math.min(...samples.map(({ reported, measured }) => measured - reported));
      expect(gap, 'measured less reported, in ms, at best').toBeLessThan(25);
      // A caller may have its answer before a busy service has written it down: now and then, and not every time.
      const beyond = Math.min(...samples.map(({ counted, measured }) => counted - measured));
      expect(beyond, 'counted less measured, in ms, at best').toBeLessThanOrEqual(1);
    },
  );

  for (const many of [10, 20])
    test(
      `${many} at once are answered, each its own question`,
      requirement('RT-06'),
      async ({ inference, registerModel, stack, databases, query, user }) => {
        const { name } = await registerModel();
        const prompts = ['Hello, respond briefly', 'Thank you very much!', 'Who are you?', 'Goodbye'];
        const ask = async (input: string) => (await inference.infer({ model: name, input, max_tokens: 16 })).body;
        const alone = new Map<string, string>();
        for (const prompt of prompts) alone.set(prompt, (await ask(prompt)).output);
        const asked = Array.from({ length: many }, (_, index) => prompts[index % prompts.length] ?? '');
        const answers = await Promise.all(asked.map(ask));
        if (stack.model.determinism.tier === 'exact')
          expect(answers.map(({ output }) => output)).toEqual(asked.map((prompt) => alone.get(prompt)));
        for (const key of ['id', 'trace_id'] as const)
          expect(new Set(answers.map((answer) => answer[key])).size).toBe(many);
        const [row] = await query(
          databases.platform.urls.owner,
          `SELECT count(*)::int AS calls, sum(completion_tokens)::int AS tokens
           FROM inferences WHERE user_id = $1 AND status = 'ok'`,
          [user.id],
        );
        const tokens = answers.reduce((sum, { usage }) => sum + usage.completion_tokens, 0);
        expect(row?.['calls']).toBe(many + prompts.length);
        expect(Number(row?.['tokens'])).toBeGreaterThan(tokens);
      },
    );
});
