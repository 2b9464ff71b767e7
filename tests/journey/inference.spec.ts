import { expect, needs, requirement, test, uniqueName } from '../../fixtures/index.ts';

const hello = 'Hello, respond briefly';

test.describe('real-time inference', needs('inference', 'registry'), () => {
  test('a registered model gives the answer of the model server, and the call is recorded with its tokens', {
    ...requirement('RT-01'),
    tag: '@quick',
  }, async ({ inference, registerModel, model, modelId, user, watchMetrics, databases, query }) => {
    const registered = await registerModel();
    const metrics = await watchMetrics();
    const request_id = uniqueName('request');
    const headers = { 'x-request-id': request_id };
    const request = { model: registered.name, input: hello, max_tokens: 24 };
    const { body } = await inference.infer(request, { headers });
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
    const calls = await query(
      databases.platform.urls.owner,
      `SELECT user_id, capability, purpose, model, backend, status, prompt_tokens, completion_tokens
         FROM inferences WHERE request_id = $1`,
      [request_id],
    );
    expect(calls).toEqual([
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
      expect(await metrics.increase('model_tokens_total', { purpose: 'inference', kind })).toBe(tokens);
    expect(await metrics.increase('model_request_duration_seconds_count', { purpose: 'inference' })).toBe(1);
  });

  test(
    'a model can be addressed by its name, by name and version, and by the id it is served under',
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
      expect([...outputs], 'the different outputs: all of the names mean one model').toHaveLength(1);
    },
  );

  test(
    'an inference request without max_tokens uses the one that the model was registered with',
    requirement('RT-01'),
    async ({ inference, registerModel }) => {
      const { name } = await registerModel({ parameters: { max_tokens: 2 } });
      const short = (await inference.infer({ model: name, input: hello })).body;
      expect(short).toMatchObject({ finish_reason: 'length', usage: { completion_tokens: 2 } });
      const explicit = (await inference.infer({ model: name, input: hello, max_tokens: 1 })).body;
      expect(explicit.usage.completion_tokens).toBe(1);
    },
  );

  test(
    'inference with an unknown model is refused with 404, with a disabled one with 409, and costs no tokens',
    requirement('RT-02'),
    async ({ inference, registerModel, registry, watchMetrics }) => {
      const { id, name } = await registerModel();
      await registry.change(id, { status: 'disabled' });
      const metrics = await watchMetrics();
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
      expect(await metrics.increase('model_tokens_total')).toBe(0);
      await registry.change(id, { status: 'active' });
      expect((await inference.infer({ model: name, input: hello, max_tokens: 4 })).status).toBe(200);
    },
  );

  test(
    'the latency that inference reports agrees with the wire, the metrics and the recorded call',
    requirement('RT-05'),
    async ({ inference, registerModel, watchMetrics, databases, query }) => {
      const { name } = await registerModel();
      await inference.infer({ model: name, input: hello, max_tokens: 4 });
      const metrics = await watchMetrics();
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
        const requests = () => metrics.increase('http_request_duration_seconds_count', route);
        await expect.poll(requests, 'requests in the metrics').toBe(samples.length + 1);
        const total = 1_000 * (await metrics.increase('http_request_duration_seconds_sum', route));
        const model = Number(row?.['duration_ms']);
        samples.push({ reported: body.latency_ms, measured, model, counted: total - before });
        before = total;
      }
      // Each lies within the next: the call to the model, the reported latency, what the caller saw. Rounding adds 1 ms.
      for (const { reported, measured, model, counted } of samples) {
        expect(model, 'ms at the model, at most those reported').toBeLessThanOrEqual(reported + 1);
        expect(reported, 'ms reported, at most those in the metrics').toBeLessThanOrEqual(counted + 1);
        expect(reported, 'ms reported, at most those on the wire').toBeLessThanOrEqual(measured + 1);
      }
      // A busy machine delays some requests; time that the service fails to report is missing from all of them.
      const gap = Math.min(...samples.map(({ reported, measured }) => measured - reported));
      expect(gap, 'the smallest difference between measured and reported latency, in ms').toBeLessThan(25);
      // A caller may have its answer before a busy service has recorded it, but not every time.
      const lag = Math.min(...samples.map(({ counted, measured }) => counted - measured));
      expect(lag, 'the smallest difference between counted and measured latency, in ms').toBeLessThanOrEqual(1);
    },
  );

  for (const count of [10, 20])
    test(
      `${count} simultaneous inference requests are each answered for their own prompt`,
      requirement('RT-06'),
      async ({ inference, registerModel, stack, databases, query, user }) => {
        const { name } = await registerModel();
        const prompts = ['Hello, respond briefly', 'Thank you very much!', 'Who are you?', 'Goodbye'];
        const ask = async (input: string) => (await inference.infer({ model: name, input, max_tokens: 16 })).body;
        const alone = new Map<string, string>();
        for (const prompt of prompts) alone.set(prompt, (await ask(prompt)).output);
        const inputs = Array.from({ length: count }, (_, index) => prompts[index % prompts.length] ?? '');
        const answers = await Promise.all(inputs.map(ask));
        if (stack.model.determinism.tier === 'exact')
          expect(answers.map(({ output }) => output)).toEqual(inputs.map((prompt) => alone.get(prompt)));
        for (const key of ['id', 'trace_id'] as const)
          expect(new Set(answers.map((answer) => answer[key])).size).toBe(count);
        const [row] = await query(
          databases.platform.urls.owner,
          `SELECT count(*)::int AS calls, sum(completion_tokens)::int AS tokens
           FROM inferences WHERE user_id = $1 AND status = 'ok'`,
          [user.id],
        );
        const tokens = answers.reduce((sum, { usage }) => sum + usage.completion_tokens, 0);
        expect(row?.['calls']).toBe(count + prompts.length);
        expect(Number(row?.['tokens'])).toBeGreaterThan(tokens);
      },
    );
});
