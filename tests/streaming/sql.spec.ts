import {
  expect,
  isReference,
  needs,
  question,
  requirement,
  sqlStreamRules,
  faultTest as test,
} from '../../fixtures/index.ts';

const customersQuestion = question('shop-001').question;

test.describe('SQL streams', needs('sql', 'sql.streaming'), () => {
  for (const { question: asked } of [question('shop-001'), question('clinic-006')]) {
    test(
      `the SQL for "${asked}" is streamed token by token before its rows`,
      requirement('STREAM-18', 'SQL-10'),
      async ({ sql }) => {
        const stream = await sql.stream(asked);
        const events = await stream.collect();
        await expect(stream).toBeConformantStream(sqlStreamRules);
        const names = events.map(({ name }) => name);
        expect(names[0], 'name of the first event').toBe('progress');
        expect(names.filter((name) => name === 'done')).toHaveLength(1);
        expect(names.at(-1)).toBe('done');
        // The SQL comes token by token while the model writes it, and before its rows.
        expect(names.filter((name) => name === 'token').length).toBeGreaterThan(3);
        expect(names.indexOf('database')).toBeLessThan(names.indexOf('token'));
        expect(names.lastIndexOf('token')).toBeLessThan(names.indexOf('sql'));
        expect(names.indexOf('sql')).toBeLessThan(names.indexOf('rows'));
        // The order of events alone does not show when they were sent: the SQL must have arrived earlier than the rows.
        const timeOf = (name: string) => events.find((event) => event.name === name)?.at ?? Number.NaN;
        expect(timeOf('sql')).toBeLessThan(timeOf('rows'));
      },
    );

    test(
      `the SQL stream for "${asked}" joins to the plain answer`,
      requirement('STREAM-08', 'SQL-10'),
      async ({ sql }) => {
        const { body: plain } = await sql.ask(asked);
        const events = await (await sql.stream(asked)).collect();
        const text = events.map((event) => (event.name === 'token' ? event.data.text : '')).join('');
        expect(text.trim()).toBe(plain.sql);
        const done = events.at(-1)?.data as Record<string, unknown>;
        for (const field of [
          'database',
          'sql',
          'confidence',
          'columns',
          'types',
          'rows',
          'row_count',
          'usage',
        ] as const)
          expect(done[field], field).toEqual(plain[field]);
        expect(events.find((event) => event.name === 'rows')?.data.rows).toEqual(plain.rows);
      },
    );
  }

  test(
    'an SQL stream for an empty question is refused with 422, one for an unknown database with 404',
    requirement('STREAM-11', 'SQL-10', needs('sql.refusals')),
    async ({ sql }) => {
      const headers = { accept: 'text/event-stream' };
      const refusal = await sql.refusal({ question: '', stream: true }, { headers });
      expect(refusal.status).toBe(422);
      expect(refusal.headers['content-type']).toMatch(/application\/problem\+json/);
      expect(
        (await sql.refusal({ question: customersQuestion, database: 'no-such', stream: true }, { headers })).status,
      ).toBe(404);
    },
  );

  test('concurrent SQL streams each get the rows of their own question', requirement('STREAM-17'), async ({ sql }) => {
    const questions = ['shop-001', 'clinic-006', 'shop-001', 'clinic-006', 'shop-001', 'clinic-006'].map(
      (id) => question(id).question,
    );
    const alone = new Map<string, unknown>();
    for (const each of new Set(questions)) alone.set(each, (await sql.ask(each)).body.rows);
    const answers = await Promise.all(
      questions.map(async (each) => {
        const stream = await sql.stream(each);
        const done = (await stream.collect()).at(-1);
        await expect(stream).toBeConformantStream(sqlStreamRules);
        return done?.data;
      }),
    );
    for (const [i, each] of questions.entries())
      expect(answers[i]).toMatchObject({ question: each, rows: alone.get(each) });
  });

  test.describe('SQL streams of a scripted model', needs('scripted model'), () => {
    test(
      'an SQL stream sends heartbeat comments while its model is silent',
      requirement('STREAM-18', needs('settings.heartbeat')),
      async ({ scripted }) => {
        const enoughHeartbeats = Promise.withResolvers<void>();
        scripted.play(async (generation) => {
          await enoughHeartbeats.promise;
          await generation.chunk({ role: 'assistant', content: '' });
          await generation.chunk({ content: 'shop' });
          await generation.finish();
        });
        const stream = await scripted.sql.stream(customersQuestion);
        await expect.poll(() => stream.wire.record.comments.length).toBeGreaterThan(2);
        expect(
          stream.wire.events.map(({ name }) => name),
          'events before the model has answered',
        ).toEqual(['progress']);
        enoughHeartbeats.resolve();
        await stream.wire.done();
        await expect(stream).toBeConformantStream({ ...sqlStreamRules, expectations: { error: true } });
      },
    );

    test(
      'an SQL stream whose model breaks off ends with an error event',
      requirement('STREAM-12'),
      async ({ scripted }) => {
        scripted.play(async (generation) => {
          await generation.chunk({ role: 'assistant', content: '' });
          generation.end();
        });
        const stream = await scripted.sql.stream(customersQuestion);
        const events = await stream.collect();
        expect(events.at(-1)).toMatchObject({ name: 'error' });
        if (isReference) expect(events.at(-1)).toMatchObject({ data: { status: 502, code: 'model_bad_response' } });
        expect(events.map(({ name }) => name)).not.toContain('done');
        await expect(stream).toBeConformantStream({ ...sqlStreamRules, expectations: { error: true } });
      },
    );

    test(
      'when a client leaves an SQL stream, its model call ends as abandoned',
      requirement('STREAM-14', needs('breaker.metrics')),
      async ({ scripted, watchMetrics }) => {
        const metrics = await watchMetrics(scripted.operations);
        const callDropped = Promise.withResolvers<void>();
        scripted.play(async (generation) => {
          generation.left.addEventListener('abort', () => callDropped.resolve());
          await generation.chunk({ role: 'assistant', content: '' });
          await callDropped.promise;
        });
        const stream = await scripted.sql.stream(customersQuestion);
        for await (const { name } of stream) if (name === 'progress') break;
        await expect.poll(() => metrics.increase('model_backend_in_flight')).toBe(1);
        stream.wire.leave();
        await callDropped.promise;
        await expect.poll(() => metrics.increase('model_backend_in_flight')).toBe(0);
        await expect.poll(() => metrics.increase('model_backend_requests_total', { outcome: 'abandoned' })).toBe(1);
      },
    );
  });
});
