import { expect, expectOfModel, needs, requirement, test } from '../../fixtures/index.ts';

test.describe('cached answers about documents', needs('ask.caching', 'documents'), () => {
  test(
    'a question that is asked again is a cache hit with the same answer, plain and streamed',
    requirement('ASK-05'),
    async ({ ask, uploadAndWait, sampleDocument, watchMetrics, storedDocument }) => {
      const { document } = await uploadAndWait(sampleDocument);
      const metrics = await watchMetrics();
      const first = await ask.question(sampleDocument.question);
      expect(first.headers['x-cache']).toBe('MISS');
      expect(first.body.cached).toBe(false);
      const second = await ask.question(`  ${sampleDocument.question}\n`);
      expect(second.headers['x-cache']).toBe('HIT');
      const { answer, citations } = first.body;
      const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
      expect(second.body).toMatchObject({ cached: true, answer, citations, usage });

      const streamed = await (await ask.stream(sampleDocument.question)).collect();
      expect(streamed.at(-1)).toMatchObject({ name: 'done', data: { cached: true, answer, citations } });
      await expect.poll(() => metrics.increase('cache_hits_total', { cache: 'ask' })).toBe(2);
      expect(await metrics.increase('cache_misses_total', { cache: 'ask' })).toBe(1);
      const { usage: spent } = first.body;
      expect(
        await metrics.increase('model_tokens_total', { purpose: 'answer' }),
        'tokens of answers: the model is asked only once',
      ).toBe(spent.total_tokens);
      expect((await storedDocument(document.id)).cachedAnswers).toHaveLength(citations.length > 0 ? 1 : 0);

      // A different question misses the cache, and so does the same question about one document.
      expect((await ask.question(`${sampleDocument.question} Please.`)).headers['x-cache']).toBe('MISS');
      const aboutOne = await ask.question(sampleDocument.question, { document: document.id });
      expect(aboutOne.headers['x-cache']).toBe('MISS');
    },
  );

  test(
    'replacing a document invalidates the cached answer that came from it',
    requirement('ASK-06', 'DOC-07'),
    async ({ ask, documents, uploadAndWait, newDocument }) => {
      const file = await newDocument('text');
      const { document } = await uploadAndWait(file);
      const before = (await ask.question(file.question)).body;
      await expectOfModel(() => expect(before.answer).toMatch(word(file.answer)));
      expect((await ask.question(file.question)).headers['x-cache']).toBe('HIT');

      const answer = [...file.answer].reverse().join('');
      const changed = Buffer.from(Buffer.from(file.bytes).toString().replaceAll(file.answer, answer));
      await documents.remove(document.id);
      const { document: replaced } = await uploadAndWait({ ...file, bytes: changed });

      const after = await ask.question(file.question);
      expect(after.headers['x-cache']).toBe('MISS');
      await expectOfModel(() => expect(after.body.answer).toMatch(word(answer)));
      expect(after.body.citations.map(({ document_id }) => document_id)).toEqual([replaced.id]);
    },
  );

  test(
    "uploading a document invalidates its owner's cached answers, and nobody else's",
    requirement('ASK-06'),
    async ({ ask, uploadAndWait, newDocument, documentClientsFor, signUp }) => {
      const [file, another] = [await newDocument('text'), await newDocument('text')];
      const other = documentClientsFor(await signUp());
      await uploadAndWait(file);
      await other.uploadAndWait(file);
      for (const [who, asker] of Object.entries({ 'the first user': ask, 'the other user': other.ask }))
        for (const cached of [false, true])
          expect((await asker.question(file.question)).body.cached, `whether the answer for ${who} is cached`).toBe(
            cached,
          );

      await uploadAndWait(another);

      expect((await ask.question(file.question)).body.cached).toBe(false);
      expect((await other.ask.question(file.question)).body.cached).toBe(true);
    },
  );
});

/** Matches whole words only, so that an answer of `8222` does not pass for `822`. */
const word = (text: string): RegExp => new RegExp(`\\b${text}\\b`);
