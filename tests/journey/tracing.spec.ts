import { expect, needs, requirement, type Trace, test } from '../../fixtures/index.ts';

/** In milliseconds. Each process stamps its spans with its own clock, to the millisecond. */
const clockError = 3;

/** Describes the spans that do not lie within their parents; a busy machine may cause those that are `excusable`. */
const spansOutside = (trace: Trace) =>
  trace.spans.flatMap((span) => {
    const parent = trace.parentOf(span);
    if (!parent) return [];
    const early = parent.startMs - span.startMs;
    const late = span.endMs - parent.endMs;
    if (early <= clockError && late <= clockError) return [];
    // The process that answers may record the end later than the process that called it.
    const excusable =
      early <= clockError && span.startMs <= parent.endMs + clockError && span.service !== parent.service;
    const by = [
      ...(early > clockError ? [`begins ${early.toFixed(1)} ms early`] : []),
      ...(late > clockError ? [`ends ${late.toFixed(1)} ms late`] : []),
    ].join(' and ');
    return [{ description: `${span.service}: ${span.name}, in ${parent.service}: ${parent.name}: ${by}`, excusable }];
  });

test('one trace leads from the caller through the service to the model server', {
  ...requirement('RT-04', needs('sql', 'started target', 'model spans')),
  tag: '@quick',
}, async ({ sql, traces, config }) => {
  const call = traces.begin('the caller asks');
  const answer = await sql.ask('How many customers are there?', { database: 'shop', headers: call.headers });
  call.end();

  const chat = `chat ${config.MODEL_ID}`;
  const atModel = 'POST /v1/chat/completions';
  const trace = await traces.wait(call.traceId, {
    spans: ['POST /api/v1/sql', chat, atModel, 'queue', 'prefill', 'generate', 'read shop'],
  });

  const request = trace.one('POST /api/v1/sql', 'reference');
  expect(trace.root).toMatchObject({ spanId: call.spanId, service: 'caller' });
  expect(trace.parentOf(request)).toBe(trace.root);
  expect(request).toMatchObject({ kind: 'server', error: false });
  expect(request.attributes).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/api/v1/sql',
    'http.response.status_code': 200,
    'request.id': answer.headers['x-request-id'],
  });

  const calls = trace.all(chat, 'reference');
  expect(calls.map((span) => trace.parentOf(span))).toEqual(calls.map(() => request));
  const tokens = (name: string) => calls.reduce((sum, span) => sum + Number(span.attributes[name]), 0);
  expect(tokens('gen_ai.usage.input_tokens'), 'prompt tokens of the spans').toBe(answer.body.usage.prompt_tokens);
  expect(tokens('gen_ai.usage.output_tokens'), 'generated tokens').toBe(answer.body.usage.completion_tokens);

  const served = trace.all(atModel, 'model-server');
  expect(served.map((span) => trace.parentOf(span)?.spanId)).toEqual(calls.map(({ spanId }) => spanId));
  for (const span of served) {
    const phases = trace.spans.filter((phase) => trace.parentOf(phase) === span);
    expect(phases.map(({ name }) => name)).toEqual(['queue', 'prefill', 'generate']);
  }
  for (const read of trace.all('read shop', 'reference')) expect(trace.parentOf(read)).toBe(request);

  expect(
    spansOutside(trace).filter(({ excusable }) => !excusable),
    'spans that do not lie within their parents',
  ).toEqual([]);
  // A caller may have its answer before a busy server has recorded sending it, but not every time.
  const again = async () => {
    const next = traces.begin('the caller asks again');
    await sql.ask('How many customers are there?', { database: 'shop', headers: next.headers });
    next.end();
    const whole = await traces.wait(next.traceId, { spans: ['POST /api/v1/sql', chat, atModel] });
    return spansOutside(whole).map(({ description }) => description);
  };
  if (spansOutside(trace).length > 0)
    await expect.poll(again, 'spans that do not lie within their parents').toEqual([]);
});

test(
  'a request without a trace starts a new one, and its refusal names the trace id',
  requirement('RT-04', needs('sql', 'started target')),
  async ({ sql, traces }) => {
    const { body, status } = await sql.refusal({ question: 'Anything?', database: 'no_such_database' });
    expect(body).toMatchObject({ trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
    const trace = await traces.wait(String(body['trace_id']), { spans: ['POST /api/v1/sql'] });
    expect(trace.root).toMatchObject({ service: 'reference', parentId: null });
    expect(trace.root.attributes).toMatchObject({
      'http.response.status_code': status,
      'error.type': 'unknown_database',
    });
  },
);

test(
  'the trace of a refused completion names its error, and that of an answered one its operation',
  requirement('RT-04', needs('completions', 'chat.refusals', 'started target')),
  async ({ http, traces, config }) => {
    const refused = traces.begin('refused');
    const unknownModel = { model: 'no-such-model', prompt: 'Hello' };
    await http.request('POST', '/v1/completions', { json: unknownModel, headers: refused.headers });
    refused.end();
    const refusal = await traces.wait(refused.traceId, { spans: ['POST /v1/completions'] });
    expect(refusal.one('POST /v1/completions', 'reference').attributes).toMatchObject({
      'http.response.status_code': 404,
      'error.type': 'model_not_found',
    });

    const answered = traces.begin('answered');
    const knownModel = { model: config.MODEL_ID, prompt: 'Hello', max_tokens: 2 };
    await http.request('POST', '/v1/completions', { json: knownModel, headers: answered.headers });
    answered.end();
    const trace = await traces.wait(answered.traceId, { spans: [`text_completion ${config.MODEL_ID}`] });
    expect(trace.one(`text_completion ${config.MODEL_ID}`, 'reference').attributes).toMatchObject({
      'gen_ai.operation.name': 'text_completion',
      'gen_ai.usage.output_tokens': expect.any(Number),
    });
  },
);

test(
  'a request whose traceparent is not sampled leaves no spans',
  requirement('RT-04', needs('sql', 'started target', 'model spans')),
  async ({ sql, traces, config }) => {
    const [unsampled, sampled] = [traces.begin('not traced'), traces.begin('traced')];
    const ask = (traceparent: string) =>
      sql.ask('How many customers are there?', { database: 'shop', headers: { traceparent } });
    await ask(unsampled.headers.traceparent.replace(/01$/, '00'));
    await ask(sampled.headers.traceparent);
    for (const call of [unsampled, sampled]) call.end();
    // The spans of the later request have arrived, so those of the earlier one would have as well.
    await traces.wait(sampled.traceId, { spans: [`chat ${config.MODEL_ID}`, 'POST /v1/chat/completions'] });
    const alone = await traces.wait(unsampled.traceId, { spans: ['not traced'] });
    expect(alone.spans.map(({ name }) => name)).toEqual(['not traced']);
  },
);

for (const { what, capability, route, work, calls } of [
  {
    what: 'an uploaded document',
    capability: 'documents',
    route: 'POST /api/v1/documents',
    work: ['job documents.index'],
    calls: 'embeddings',
  },
  {
    what: 'a batch of two',
    capability: 'batch',
    route: 'POST /api/v1/batches',
    work: ['batch item', 'batch item'],
    calls: 'chat',
  },
] as const)
  test(
    `the work for ${what} has a trace of its own, with a link to the request that asked for it`,
    requirement('RT-04', needs(capability, 'started target')),
    async ({ traces, user, documentClientsFor, platformClientsFor, newDocument, modelId }) => {
      const call = traces.begin(what);
      const traced = { headers: { ...user.headers, ...call.headers } };
      if (capability === 'documents') await documentClientsFor(traced).uploadAndWait(await newDocument('text'));
      else {
        const item = { input: 'Hello, respond briefly', max_tokens: 4 };
        const { batches } = platformClientsFor(traced);
        await batches.watch((await batches.submit(modelId, [item, item])).body.id);
      }
      call.end();
      const request = (await traces.wait(call.traceId, { spans: [route] })).one(route, 'reference');
      const linked = await traces.linked(call.traceId, { spans: work });
      for (const span of linked) {
        expect(span).toMatchObject({ kind: 'consumer', service: 'reference', error: false });
        expect(span.links).toEqual([{ traceId: call.traceId, spanId: request.spanId }]);
        const own = await traces.wait(span.traceId, { spans: [span.name] });
        expect(
          own.spans.map(({ name }) => name).join(),
          'spans of the work, with the call to the model among them',
        ).toContain(calls);
      }
    },
  );
