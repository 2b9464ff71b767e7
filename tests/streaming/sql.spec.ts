import { expect, needs, question, requirement, sqlStreamRules, faultTest as test } from '../../fixtures/index.ts';

const asked = question('shop-001').question;

test.describe('a stream of sql', needs('sql', 'sql.streaming'), () => {
  for (const { question: asked } of [question('shop-001'), question('clinic-006')]) {
    test(
      `about "${asked}" is conformant, tells what it does, and is done once`,
      requirement('STREAM-18', 'SQL-10'),
      async ({ sql }) => {
        const stream = await sql.stream(asked);
        const events = await stream.collect();
        await expect(stream).toBeConformantStream(sqlStreamRules);
        const names = events.map(({ name }) => name);
        expect(names[0], 'progress comes at once').toBe('progress');
        expect(names.filter((name) => name === 'done')).toHaveLength(1);
        expect(names.at(-1)).toBe('done');
        // As it is written, not when it is done: the SQL comes token by token, before its rows.
        expect(names.filter((name) => name === 'token').length).toBeGreaterThan(3);
        expect(names.indexOf('database')).toBeLessThan(names.indexOf('token'));
        expect(names.lastIndexOf('token')).toBeLessThan(names.indexOf('sql'));
        expect(names.indexOf('sql')).toBeLessThan(names.indexOf('rows'));
        // The wire, not the order of events alone: the SQL was in another chunk, earlier than the rows.
        const at = (name: string) => events.find((event) => event.name === name)?.at ?? Number.NaN;
        expect(at('sql')).toBeLessThan(at('rows'));
      },
    );

    test(`about "${asked}" joins to the plain answer`, requirement('STREAM-08', 'SQL-10'), async ({ sql }) => {
      const { body: plain } = await sql.ask(asked);
      const events = await (await sql.stream(asked)).collect();
      const text = events.map((event) => (event.name === 'token' ? event.data.text : '')).join('');
      expect(text.trim()).toBe(plain.sql);
      const done = events.at(-1)?.data as Record<string, unknown>;
      for (const field of ['database', 'sql', 'confidence', 'columns', 'types', 'rows', 'row_count', 'usage'] as const)
        expect(done[field], field).toEqual(plain[field]);
      expect(events.find((event) => event.name === 'rows')?.data.rows).toEqual(plain.rows);
    });
  }

  test(
    'that cannot begin is refused with a status',
    requirement('STREAM-11', 'SQL-10', needs('sql.refusals')),
    async ({ sql }) => {
      const headers = { accept: 'text/event-stream' };
      const refusal = await sql.refusal({ question: '', stream: true }, { headers });
      expect(refusal.status).toBe(422);
      expect(refusal.headers['content-type']).toMatch(/application\/problem\+json/);
      expect((await sql.refusal({ question: asked, database: 'no-such', stream: true }, { headers })).status).toBe(404);
    },
  );

  test('never mixes with others', requirement('STREAM-17'), async ({ sql }) => {
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

  test.describe('of a model that', needs('started target'), () => {
    test('takes its time has comments in it', requirement('STREAM-18'), async ({ scripted }) => {
      const waited = Promise.withResolvers<void>();
      scripted.play(async (stage) => {
        await waited.promise;
        await stage.chunk({ role: 'assistant', content: '' });
        await stage.chunk({ content: 'shop' });
        await stage.finish();
      });
      const stream = await scripted.sql.stream(asked);
      await expect.poll(() => stream.wire.record.comments.length).toBeGreaterThan(2);
      expect(
        stream.wire.events.map(({ name }) => name),
        'progress is told before',
      ).toEqual(['progress']);
      waited.resolve();
      await stream.wire.done();
      await expect(stream).toBeConformantStream({ ...sqlStreamRules, expectations: { error: true } });
    });

    test('breaks off ends with an error event', requirement('STREAM-12'), async ({ scripted }) => {
      scripted.play(async (stage) => {
        await stage.chunk({ role: 'assistant', content: '' });
        stage.end();
      });
      const stream = await scripted.sql.stream(asked);
      const events = await stream.collect();
      expect(events.at(-1)).toMatchObject({ name: 'error', data: { status: 502, code: 'model_bad_response' } });
      expect(events.map(({ name }) => name)).not.toContain('done');
      await expect(stream).toBeConformantStream({ ...sqlStreamRules, expectations: { error: true } });
    });

    test('nobody listens to any more is let go', requirement('STREAM-14'), async ({ scripted, meter }) => {
      const meters = await meter(scripted.operations);
      const left = Promise.withResolvers<void>();
      scripted.play(async (stage) => {
        stage.left.addEventListener('abort', () => left.resolve());
        await stage.chunk({ role: 'assistant', content: '' });
        await left.promise;
      });
      const stream = await scripted.sql.stream(asked);
      for await (const { name } of stream) if (name === 'progress') break;
      await expect.poll(() => meters.moved('model_backend_in_flight')).toBe(1);
      stream.wire.leave();
      await left.promise;
      await expect.poll(() => meters.moved('model_backend_in_flight')).toBe(0);
      await expect.poll(() => meters.moved('model_backend_requests_total', { outcome: 'abandoned' })).toBe(1);
    });
  });
});
