import { askStreamRules, expect, needs, requirement, test } from '../../fixtures/index.ts';

test.describe('ask streams', needs('ask', 'ask.streaming', 'documents'), () => {
  test(
    'an ask stream is conformant, reports progress first, and its tokens join to the answer',
    requirement('STREAM-18', 'STREAM-08', 'ASK-03'),
    async ({ ask, uploadAndWait, sampleDocument }) => {
      const { document } = await uploadAndWait(sampleDocument);
      const stream = await ask.stream(sampleDocument.question, { document: document.id });
      const events = await stream.collect();
      await expect(stream).toBeConformantStream(askStreamRules);
      const names = events.map(({ name }) => name);
      expect(names[0], 'name of the first event').toBe('progress');
      expect(names.indexOf('token')).toBeGreaterThan(names.indexOf('progress'));
      const done = events.at(-1);
      if (done?.name !== 'done')
        throw new Error(`The last event of the stream should be done, but it is ${done?.name}.`);
      const text = events.map((event) => (event.name === 'token' ? event.data.text : '')).join('');
      expect(text).toBe(done.data.answer);
      // The same question again is answered from the cache: nothing is generated, but the answer is still a stream.
      const cached = await ask.stream(sampleDocument.question, { document: document.id });
      const repeated = (await cached.collect()).at(-1);
      await expect(cached).toBeConformantStream(askStreamRules);
      expect(repeated).toMatchObject({ name: 'done', data: { answer: done.data.answer } });
    },
  );

  test(
    'a streamed question about an unknown document is refused with 404, an empty one with 422',
    requirement('STREAM-11', 'ASK-04'),
    async ({ ask }) => {
      const document_id = '00000000-0000-4000-8000-000000000000';
      expect(await ask.refusal({ question: 'Why?', document_id, stream: true })).toBeProblem(404);
      expect(await ask.refusal({ question: '', stream: true })).toBeProblem(422);
    },
  );

  test(
    'after a client leaves an ask stream, no model call stays in flight and the next question is answered',
    requirement('STREAM-14', needs('breaker.metrics')),
    async ({ ask, uploadAndWait, sampleDocument, watchMetrics }) => {
      await uploadAndWait(sampleDocument);
      const metrics = await watchMetrics();
      const stream = await ask.stream(sampleDocument.question);
      for await (const { name } of stream) if (name === 'progress') break;
      stream.wire.leave();
      await expect.poll(() => metrics.increase('model_backend_in_flight')).toBe(0);
      const { body } = await ask.question(sampleDocument.question);
      expect(body.answer).toContain(sampleDocument.answer);
    },
  );
});
