import { cuttingUploads, expect, expectOfModel, inParallel, needs, requirement, test } from '../../fixtures/index.ts';

const unknown = '00000000-0000-4000-8000-000000000000';
/** Whole words only, so that an answer of `8222` does not pass for `822`. */
const word = (text: string): RegExp => new RegExp(`\\b${text}\\b`);

// Of any service that takes documents and answers questions about them, by fields or by hooks.
test.describe('uploads and questions of any kind', needs('auth', 'documents', 'ask', 'ask.citations'), () => {
  for (const kind of ['pdf', 'text'] as const)
    test(
      `what stands in an uploaded ${kind === 'pdf' ? 'PDF' : 'text'} is answered from it, with a citation of the sentence`,
      requirement('DOC-01', 'DOC-03', 'ASK-01', 'ASK-02'),
      async ({ ask, uploadAndWait, newDocument }) => {
        const file = await newDocument(kind);
        const { document, job } = await uploadAndWait(file);
        expect(job.state).toBe('done');
        const { body } = await ask.question(file.question);
        await expectOfModel(() => expect(body.answer).toMatch(word(file.answer)));
        const quotes = body.citations.map(({ document_id, quote }) => [document_id, quote.replaceAll(/\s+/g, ' ')]);
        await expectOfModel(() =>
          expect(quotes, `citations of the answer ${body.answer}`).toEqual([
            [document.id, expect.stringContaining(file.sentence)],
          ]),
        );
      },
    );

  test(
    'an upload that was answered is stored: its document is there at once, before it can be asked about',
    requirement('DOC-01', 'DOC-02', needs('documents.read')),
    async ({ documents, newDocument }) => {
      for (const kind of ['text', 'pdf', 'text'] as const) {
        const { body } = await documents.upload(await newDocument(kind));
        const story = await documents.read(body.document.id).then(
          ({ status }) => `status ${status}`,
          (error: Error) => error.message,
        );
        expect(story, 'what is said of a document that was accepted just now').toBe('status 200');
      }
    },
  );

  test(
    'of a long text, a sentence at the border of any two passages is found, and cited with nothing missing',
    requirement('ASK-02', 'DOC-02'),
    async ({ ask, uploadAndWait, newDocument }) => {
      test.slow();
      const file = await newDocument('text');
      // One paragraph, so that wherever a service cuts it, a cut is between or within sentences.
      const houses = [
        'Alder',
        'Birch',
        'Cedar',
        'Elm',
        'Hazel',
        'Juniper',
        'Maple',
        'Oak',
        'Poplar',
        'Rowan',
        'Spruce',
        'Yew',
      ];
      const codes = houses.map((_, index) => `${4_107 + 389 * index}`);
      const sentences = houses.map((house, index) => `The gate code of the ${house} house is ${codes[index]}.`);
      const between = 'Nobody but the porter may tell it to a guest who stays for a night or more.';
      await uploadAndWait({ ...file, bytes: Buffer.from(sentences.map((one) => `${one} ${between}`).join(' ')) });
      const wrong: string[] = [];
      for (const [index, house] of houses.entries()) {
        const { body } = await ask.question(`What is the gate code of the ${house} house?`);
        const quotes = body.citations.map(({ quote }) => quote.replaceAll(/\s+/g, ' '));
        const cited = quotes.some((quote) => quote.includes(sentences[index] as string));
        if (!cited) wrong.push(`${house}: "${body.answer}", citing ${JSON.stringify(quotes)}`);
      }
      // A small model may answer from another sentence now and then; a lost sentence is lost for every model.
      expect(wrong, `houses whose sentence is not cited, of ${houses.length}`).toEqual([]);
    },
  );

  test(
    "a question about another user's document is answered with nothing of it, and its id as an unknown one",
    requirement('DOC-06', 'SEC-01', 'ASK-04'),
    async ({ documentClientsFor, signUp, newDocument }) => {
      const file = await newDocument('text');
      const { document } = await documentClientsFor(await signUp()).uploadAndWait(file);
      const { ask } = documentClientsFor(await signUp());
      const { body } = await ask.question(file.question);
      expect(body.answer, "the answer to another user's question").not.toMatch(word(file.answer));
      expect(body.citations).toEqual([]);
      const refusals = await Promise.all(
        [document.id, unknown].map((id) =>
          ask.question(file.question, { document: id }).then(
            ({ body }) => `answered: ${body.answer}`,
            (error: Error & { exchange?: { response: { status: number; body: { text: string } } } }) =>
              `${error.exchange?.response.status} ${error.exchange?.response.body.text.replaceAll(id, '…')}`,
          ),
        ),
      );
      expect(refusals[0], 'what is said of the id of the document').toMatch(/^4\d\d /);
      expect(withoutIds(refusals[0]), 'the same as what is said of an unknown id').toBe(withoutIds(refusals[1]));
    },
  );

  test(
    'a question about documents is refused with 401 without a session',
    requirement('SEC-01', 'DOC-06'),
    async ({ documentClientsFor, uploadAndWait, newDocument }) => {
      const file = await newDocument('text');
      const { document } = await uploadAndWait(file);
      const nobody = documentClientsFor({ headers: {} });
      for (const [what, send] of [
        ['asking', () => nobody.ask.question(file.question)],
        ['asking about a document', () => nobody.ask.question(file.question, { document: document.id })],
        ['uploading', () => nobody.documents.upload(file)],
      ] as const)
        await expect(send(), what).rejects.toMatchObject({ exchange: { response: { status: 401 } } });
    },
  );

  test(
    'where no document has the answer, none is invented, and nothing is cited',
    requirement('ASK-07'),
    async ({ ask, uploadAndWait, sampleDocument }) => {
      const { document } = await uploadAndWait(sampleDocument);
      for (const options of [{}, { document: document.id }]) {
        const { body } = await ask.question('Which colour do the sapphires of the old king have?', options);
        expect(body.citations, `citations of the answer ${body.answer}`).toEqual([]);
        expect(body.answer).not.toMatch(/\b(red|blue|green|yellow|white|black|pink|violet|purple|orange)\b/i);
      }
    },
  );

  test(
    'with two documents uploaded, each question is answered from the one that it is about',
    requirement('ASK-02', 'DOC-09'),
    async ({ ask, uploadAndWait, newDocument }) => {
      const files = await Promise.all([newDocument('pdf'), newDocument('text')]);
      const uploaded = await inParallel(2, files, async (file) => ({ file, ...(await uploadAndWait(file)) }));
      for (const { file, document } of uploaded) {
        const { body } = await ask.question(file.question);
        expect(
          body.citations.map(({ document_id }) => document_id),
          `documents that the answer ${body.answer} cites`,
        ).toEqual([document.id]);
      }
    },
  );

  test(
    'ten documents that are uploaded at once are each answered from, with their own text',
    requirement('DOC-09'),
    async ({ ask, uploadAndWait, newDocument }) => {
      test.slow();
      const files = await Promise.all(Array.from({ length: 10 }, (_, n) => newDocument(n % 2 === 0 ? 'pdf' : 'text')));
      const uploaded = await inParallel(10, files, async (file) => ({ file, ...(await uploadAndWait(file)) }));
      expect(new Set(uploaded.map(({ document }) => document.id)).size, 'different documents').toBe(10);
      for (const { file, document } of uploaded) {
        const { body } = await ask.question(file.question, { document: document.id });
        expect(
          body.citations.map(({ document_id, quote }) => [document_id, quote.includes(file.sentence)]),
          `what the answer ${body.answer} cites`,
        ).toEqual([[document.id, true]]);
      }
    },
  );

  test(
    'a changed document is answered as it is now, after the first one was asked about and deleted',
    requirement('ASK-06', 'DOC-07', needs('documents.remove')),
    async ({ ask, documents, uploadAndWait, newDocument }) => {
      const file = await newDocument('text');
      const { document } = await uploadAndWait(file);
      expect((await ask.question(file.question)).body.citations).toHaveLength(1);
      await documents.remove(document.id);
      const after = (await ask.question(file.question)).body;
      expect(after.citations, 'citations of a document that was deleted').toEqual([]);
      expect(after.answer).not.toMatch(word(file.answer));

      const count = file.answer.split('').reverse().join('');
      const text = file.text.replace(` ${file.answer} patients`, ` ${count} patients`);
      const changed = await uploadAndWait({ ...file, bytes: Buffer.from(text) });
      const { body } = await ask.question(file.question);
      expect(body.citations.map(({ document_id }) => document_id)).toEqual([changed.document.id]);
      expect(body.citations[0]?.quote).toContain(` ${count} patients`);
    },
  );

  test(
    "a deleted document is gone for its owner, and nobody else can read or delete somebody's document",
    requirement('DOC-06', 'DOC-07', 'SEC-01', needs('documents.read', 'documents.remove')),
    async ({ documentClientsFor, signUp, newDocument }) => {
      const [owner, stranger] = [documentClientsFor(await signUp()), documentClientsFor(await signUp())];
      const { document } = await owner.uploadAndWait(await newDocument('text'));
      await expect(stranger.documents.read(document.id), 'a stranger reads').rejects.toThrow(/status 40[34]/);
      await expect(stranger.documents.remove(document.id), 'a stranger deletes').rejects.toThrow(/status 40[34]/);
      expect((await owner.documents.read(document.id)).status).toBe(200);
      await owner.documents.remove(document.id);
      await expect(owner.documents.read(document.id), 'its owner reads what was deleted').rejects.toThrow(/status 404/);
    },
  );

  test(
    'the same bytes twice are one document and one job, also when four uploads arrive at once',
    requirement('DOC-08', 'DOC-09', needs('documents.duplicate')),
    async ({ ask, documents, uploadAndWait, newDocument, documentClientsFor, signUp }) => {
      const file = await newDocument('text');
      const uploads = await Promise.all([1, 2, 3, 4].map(() => documents.upload(file)));
      const ids = new Set(uploads.map(({ body }) => body.document.id));
      expect(ids.size, 'documents of four uploads of the same bytes').toBe(1);
      expect(new Set(uploads.map(({ body }) => body.job.id)).size, 'jobs').toBe(1);
      expect(
        uploads.filter(({ body }) => body.duplicate),
        'uploads that are called duplicates',
      ).toHaveLength(3);
      await uploadAndWait(file);
      const { body } = await ask.question(file.question);
      expect(
        body.citations.map(({ document_id }) => document_id),
        'what an answer cites then',
      ).toEqual([...ids]);
      const another = await documentClientsFor(await signUp()).uploadAndWait(file);
      expect([...ids], 'the documents of the first user').not.toContain(another.document.id);
    },
  );

  test(
    'an upload that breaks off halfway leaves no document, and the same file can be uploaded then',
    requirement('DOC-10'),
    async ({ http, user, ask, documentClientsFor, uploadAndWait, newDocument }) => {
      const [lost, kept] = [await newDocument('text'), await newDocument('text')];
      const whole = { ...lost, bytes: Buffer.from(`${lost.text}\n\n${'All work and no play. '.repeat(8_000)}`) };
      const cut = documentClientsFor(user, cuttingUploads(http)).documents;
      await expect(cut.upload(whole)).rejects.toThrow(/of \d+ bytes were sent, then the connection was broken/);
      // A half that was taken would be ready before what was uploaded later.
      const { document } = await uploadAndWait(kept);
      const citedFor = async ({ question }: typeof lost) => (await ask.question(question)).body.citations;
      // A small model may answer from the other document: that is no half file.
      const others = (await citedFor(lost)).filter(({ document_id }) => document_id !== document.id);
      expect(others, 'what is cited of half a file').toEqual([]);
      expect((await citedFor(kept)).map(({ document_id }) => document_id)).toEqual([document.id]);
      const again = await uploadAndWait(lost);
      expect((await citedFor(lost)).map(({ document_id }) => document_id)).toEqual([again.document.id]);
    },
  );

  test(
    'a question gets the same answer each time, asked again and by five callers at once',
    requirement('STACK-04', 'PERF-16'),
    async ({ ask, uploadAndWait, newDocument }) => {
      const file = await newDocument('text');
      await uploadAndWait(file);
      const answers = [(await ask.question(file.question)).body, (await ask.question(file.question)).body];
      const many = await Promise.all(Array.from({ length: 5 }, () => ask.question(file.question)));
      for (const { body } of many) answers.push(body);
      const told = answers.map(({ answer, citations }) =>
        JSON.stringify([answer, citations.map(({ quote }) => quote)]),
      );
      expect([...new Set(told)], 'different answers to one question').toHaveLength(1);
    },
  );

  for (const [what, bytes] of [
    ['an empty file', async () => Buffer.alloc(0)],
    ['a PDF that is cut', async (pdf: Uint8Array) => Buffer.from(pdf.subarray(0, 300))],
    ['a picture that claims to be a PDF', async () => Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['nothing but white space', async () => Buffer.from(' \n\t'.repeat(40))],
  ] as const)
    test(
      `${what} is refused with a 4xx, or its job fails with a reason, and the next upload works`,
      requirement('DOC-05'),
      async ({ uploadAndWait, sampleDocument, ask }) => {
        const file = { ...sampleDocument, bytes: await bytes(sampleDocument.bytes) };
        const story = await uploadAndWait(file).then(
          () => 'it was accepted, and its job is done',
          (error: Error) => error.message.split('\n')[0] ?? '',
        );
        expect(story).toMatch(/status 4\d\d\)|is failed: (?!no reason given)\S/);
        await uploadAndWait(sampleDocument);
        expect((await ask.question(sampleDocument.question)).body.citations).toHaveLength(1);
      },
    );

  for (const [what, question] of [
    ['an empty question', ' '],
    ['a question of 20,000 characters', 'why '.repeat(5_000)],
    ['a question with a NUL character', 'why\0?'],
  ] as const)
    test(
      `${what} about documents is refused with a 4xx, and the next one is answered`,
      requirement('ASK-04', 'SEC-04'),
      async ({ ask, uploadAndWait, newDocument }) => {
        const file = await newDocument('text');
        await uploadAndWait(file);
        const story = await ask.question(question).then(
          ({ body }) => `answered: ${body.answer}`,
          (error: Error) => error.message.split('\n')[0] ?? '',
        );
        expect(story).toMatch(/status 4\d\d\)/);
        expect((await ask.question(file.question)).body.citations).toHaveLength(1);
      },
    );
});

/** The text without ids, which differ from answer to answer. */
const withoutIds = (text = ''): string =>
  text.replaceAll(/"(request|trace)_id":"[^"]*"/g, '').replaceAll(/[0-9a-f-]{16,}/g, '…');
