import { askStreamRules, expect, expectOfModel, needs, requirement, test } from '../../fixtures/index.ts';

test.describe('questions about documents', needs('ask', 'documents'), () => {
  test('the streamed answer to a question about an uploaded document comes from the document and quotes it', {
    ...requirement('ASK-01', 'ASK-02', 'ASK-03', needs('ask.streaming', 'documents.details')),
    tag: ['@e2e', '@quick'],
  }, async ({ ask, uploadAndWait, sampleDocument, watchMetrics, config, user, query, databases }) => {
    const { document } = await uploadAndWait(sampleDocument);
    const metrics = await watchMetrics();
    const { question, answer, sentence } = sampleDocument;
    const stream = await ask.stream(question, { document: document.id });
    const events = await stream.collect();

    await expect(stream).toBeConformantStream(askStreamRules);
    expect(events.map(({ name }) => name)).not.toContain('error');
    const done = events.at(-1);
    if (done?.name !== 'done')
      throw new Error(`Expected "done" as the last event, but it is ${done?.name}. See the attached stream.`);
    const text = events.map((event) => (event.name === 'token' ? event.data.text : '')).join('');
    expect(text, 'the joined text of the token events is the answer').toBe(done.data.answer);
    await expectOfModel(() => {
      expect(text).toMatch(word(answer));
      expect(done.data.citations).toEqual([
        { document_id: document.id, document_name: document.name, chunk: 0, quote: expect.stringContaining(sentence) },
      ]);
    });
    expect(events.filter(({ name }) => name === 'citations')).toMatchObject([
      { data: { citations: done.data.citations } },
    ]);
    const stages = events.flatMap((event) => (event.name === 'progress' ? [event.data.stage] : []));
    expect(stages).toEqual(['retrieving', 'generating']);

    // The usage in the answer, the metrics and the recorded model calls agree.
    const { usage } = done.data;
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
    const increase = (kind: string) => metrics.increase('model_tokens_total', { purpose: 'answer', kind });
    await expect.poll(() => increase('prompt')).toBe(usage.prompt_tokens);
    expect(await increase('completion')).toBe(usage.completion_tokens);
    const calls = await query(
      databases.platform.urls.owner,
      'SELECT purpose, model, prompt_tokens, completion_tokens, status FROM inferences WHERE user_id = $1 AND capability = $2 ORDER BY started_at',
      [user.id, 'ask'],
    );
    const model = config.MODEL_ID;
    const { prompt_tokens, completion_tokens } = usage;
    expect(calls).toEqual([
      { purpose: 'embed', model, prompt_tokens: expect.any(Number), completion_tokens: null, status: 'ok' },
      { purpose: 'answer', model, prompt_tokens, completion_tokens, status: 'ok' },
    ]);
  });

  test(
    'a question about a document gets the same answer plain and streamed',
    requirement('ASK-02', 'ASK-03', needs('ask.streaming')),
    async ({ documentClientsFor, signUp, newDocument }) => {
      // Two users with the same document, because a second answer for one user would come from the cache.
      const file = await newDocument('text');
      const [one, other] = [documentClientsFor(await signUp()), documentClientsFor(await signUp())];
      await one.uploadAndWait(file);
      await other.uploadAndWait(file);
      const { body: plain } = await one.ask.question(file.question);
      const events = await (await other.ask.stream(file.question)).collect();
      const done = events.at(-1);
      expect(plain.cached).toBe(false);
      expect(done).toMatchObject({ name: 'done', data: { answer: plain.answer, usage: plain.usage, cached: false } });
      const quotes = (citations: { quote: string }[]) => citations.map(({ quote }) => quote);
      expect(done?.name === 'done' && quotes(done.data.citations)).toEqual(quotes(plain.citations));
    },
  );

  test(
    'with two documents uploaded, an answer quotes the one that contains it',
    requirement('ASK-02', needs('ask.citations')),
    async ({ ask, uploadAndWait, newDocument }) => {
      const [one, other] = [await newDocument('pdf'), await newDocument('text')];
      const first = await uploadAndWait(one);
      const second = await uploadAndWait(other);
      for (const [file, document] of [
        [one, first.document],
        [other, second.document],
      ] as const) {
        const { body } = await ask.question(file.question);
        await expectOfModel(() => expect(body.answer).toMatch(word(file.answer)));
        expect(body.citations.map(({ document_id }) => document_id)).toEqual([document.id]);
        expect(body.citations[0]?.quote).toContain(file.sentence);
      }
    },
  );

  test(
    'when two documents contradict each other, the answer quotes the one that it agrees with',
    requirement('ASK-02', needs('ask.citations')),
    async ({ ask, uploadAndWait, newDocument }) => {
      const codes = ['4417', '9023'];
      const sources = await Promise.all(
        codes.map(async (code) => {
          const bytes = Buffer.from(`The gate code of the Alder house is ${code}.`);
          return { code, document: (await uploadAndWait({ ...(await newDocument('text')), bytes })).document };
        }),
      );
      const { body } = await ask.question('What is the gate code of the Alder house?');
      const agreeing = sources.filter(({ code }) => word(code).test(body.answer));
      await expectOfModel(() => expect(agreeing, body.answer).toHaveLength(1));
      expect(body.citations).toMatchObject(
        agreeing.map(({ code, document: { id } }) => ({
          document_id: id,
          quote: `The gate code of the Alder house is ${code}.`,
        })),
      );
    },
  );

  test(
    'a question that no document answers gets "I do not know.", no citation and no call to the model',
    requirement('ASK-07', needs('ask.refusals')),
    async ({ ask, uploadAndWait, sampleDocument, watchMetrics }) => {
      const { document } = await uploadAndWait(sampleDocument);
      const metrics = await watchMetrics();
      for (const options of [{}, { document: document.id }]) {
        const { body } = await ask.question('Which colour do the sapphires of the old king have?', options);
        expect(body).toMatchObject({
          answer: 'I do not know.',
          answered: false,
          citations: [],
          usage: { total_tokens: 0 },
        });
      }
      expect(
        await metrics.increase('model_tokens_total', { purpose: 'answer' }),
        'tokens of answers: no model should be asked',
      ).toBe(0);
    },
  );

  test(
    "a user without documents gets no answer from another user's documents",
    requirement('ASK-07', 'DOC-06', needs('ask.citations')),
    async ({ documentClientsFor, signUp, sampleDocument }) => {
      await documentClientsFor(await signUp()).uploadAndWait(sampleDocument);
      const { body } = await documentClientsFor(await signUp()).ask.question(sampleDocument.question);
      expect(body.citations).toEqual([]);
      expect(body.answer, "an answer without another user's document").not.toMatch(word(sampleDocument.answer));
    },
  );

  test(
    "asking about another user's document, or one that does not exist, is refused with 404",
    requirement('ASK-04', 'SEC-01', needs('ask.refusals')),
    async ({ ask, documentClientsFor, signUp, sampleDocument }) => {
      const { document } = await documentClientsFor(await signUp()).uploadAndWait(sampleDocument);
      for (const id of [document.id, '00000000-0000-4000-8000-000000000000']) {
        for (const stream of [false, true]) {
          const refusal = await ask.refusal({ question: sampleDocument.question, document_id: id, stream });
          expect(refusal).toBeProblem(404, id);
          expect(refusal.body['code']).toBe('unknown_document');
        }
      }
    },
  );

  test(
    'asking about a document whose indexing failed is refused with 409',
    requirement('ASK-04', 'DOC-05', needs('ask.refusals', 'documents.details')),
    async ({ ask, documents, newDocument, uploadAndWait }) => {
      const file = { ...(await newDocument('pdf')), bytes: Buffer.from(`%PDF-1.4 ${Math.random()}`) };
      await expect(uploadAndWait(file)).rejects.toThrow(/failed: The PDF cannot be read/);
      const { id } = (await documents.list()).body.items[0] ?? { id: '' };
      const refusal = await ask.refusal({ question: 'What does it say?', document_id: id });
      expect(refusal).toBeProblem(409, 'failed');
    },
  );

  for (const [what, body, field] of [
    ['no question', {}, 'question'],
    ['an empty question', { question: ' ' }, 'question'],
    ['a question of 2,400 characters', { question: 'why '.repeat(600) }, 'question'],
    ['a document id that is not a UUID', { question: 'Why?', document_id: 'x' }, 'document_id'],
    ['an unknown field', { question: 'Why?', documentid: 'x' }, 'documentid'],
  ] as const) {
    test(
      `asking about documents with ${what} is refused with 422, naming "${field}"`,
      requirement('ASK-04', needs('ask.refusals')),
      async ({ ask }) => {
        const refusal = await ask.refusal(body);
        expect(refusal).toBeProblem(422);
        expect(refusal.body['errors']).toMatchObject([{ field }]);
      },
    );
  }

  test(
    'asking about documents without signing in is refused with 401',
    requirement('SEC-01', needs('ask.refusals')),
    async ({ http }) => {
      const { status } = await http.request('POST', '/api/v1/ask', { json: { question: 'Why?' } });
      expect(status).toBe(401);
    },
  );
});

/** Matches whole words only, so that an answer of `8222` does not pass for `822`. */
const word = (text: string): RegExp => new RegExp(`\\b${text}\\b`);
