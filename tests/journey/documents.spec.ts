import {
  expect,
  expectOfModel,
  inParallel,
  jobStreamRules,
  needs,
  requirement,
  faultTest as test,
  uniqueName,
} from '../../fixtures/index.ts';

test.describe('documents', needs('documents', 'documents.details'), () => {
  test(
    'an uploaded PDF gets an id and a job, and is indexed with all of its text',
    requirement('DOC-01', 'DOC-02', 'DOC-03'),
    async ({ documents, uploadAndWait, sampleDocument, user, storedDocument }) => {
      const { document, job } = await uploadAndWait(sampleDocument);
      const { name, bytes, sentence, text } = sampleDocument;
      expect(document).toMatchObject({
        name,
        media_type: 'application/pdf',
        bytes: bytes.length,
        status: 'indexed',
        pages: 1,
      });
      expect(job).toMatchObject({ state: 'done', progress: 100, error: null, subject: document.id });

      const { row, chunks, parts, vectors, jobs } = await storedDocument(document.id);
      expect(row).toMatchObject({ owner_id: user.id, name, scope: 'private', embedded: true });
      expect(oneLine(row?.['text']), 'all of the text of the PDF is in Postgres').toBe(oneLine(text));
      expect(
        chunks.some((chunk) => oneLine(chunk).includes(sentence)),
        'whether a chunk contains the whole sentence',
      ).toBe(true);
      expect(parts, 'stored parts of the file: they are deleted when it is indexed').toBe(0);
      expect(vectors, 'vectors: each chunk has one').toBe(chunks.length);
      expect(jobs).toEqual([{ state: 'done', progress: 100 }]);

      const page = (await documents.list()).body;
      expect(page).toMatchObject({ total: expect.any(Number), items: [expect.objectContaining({ id: document.id })] });
    },
  );

  test(
    'an uploaded document is stored once, under the id that its answer has',
    requirement('DOC-01', 'OWN-05', needs('state.documents')),
    async ({ uploadAndWait, newDocument, state }) => {
      const file = await newDocument('text');
      const { document } = await uploadAndWait(file);
      const rows = await state.find('documents', { key: file.name });
      expect(
        rows.map(({ id }) => id),
        `ids of the rows of ${file.name}`,
      ).toEqual([document.id]);
    },
  );

  test(
    'the text that was read from a document is stored, and its job is not left as unfinished work',
    requirement('DOC-02', 'DOC-03', 'OWN-05', needs('state.document texts', 'state.unfinished work')),
    async ({ uploadAndWait, newDocument, state }) => {
      const file = await newDocument('pdf');
      const { document, job } = await uploadAndWait(file);
      const texts = await state.find('document texts', { document: document.id });
      expect(texts.map(({ text }) => oneLine(text)).join(' '), 'stored text').toContain(file.sentence);
      const unfinished = async () => (await state.unfinishedWork()).filter(({ what }) => what.includes(job.id));
      await expect.poll(unfinished, 'unfinished work with the id of the job').toEqual([]);
    },
  );

  test(
    'a job is stored with the document that it works on',
    requirement('DOC-03', 'OWN-05', needs('state.jobs')),
    async ({ uploadAndWait, newDocument, state }) => {
      const { document, job } = await uploadAndWait(await newDocument('text'));
      const rows = await state.find('jobs', { subject: document.id });
      expect(
        rows.map(({ id }) => id),
        'ids of the jobs of the document',
      ).toEqual([job.id]);
    },
  );

  test(
    'an upload is answered with 202 and its job before it is indexed',
    requirement('DOC-01'),
    async ({ documents, newDocument }) => {
      const { status, headers, body } = await documents.upload(await newDocument('text'));
      expect(status).toBe(202);
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(body.document).toMatchObject({ media_type: 'text/plain', status: 'pending' });
      expect(body.job.status_url).toBe(`/api/v1/jobs/${body.job.id}`);
      expect((await documents.job(body.job.id)).body.id).toBe(body.job.id);
    },
  );

  test(
    'the progress events of a job only rise, and end with one "done" event',
    requirement('DOC-03'),
    async ({ documents, newDocument }) => {
      const { job } = (await documents.upload(await newDocument('pdf'))).body;
      const stream = await documents.follow(job.id);
      const events = await stream.collect();
      await expect(stream).toBeConformantStream(jobStreamRules);
      const last = events.at(-1);
      expect(last).toMatchObject({ name: 'done', data: { state: 'done', progress: 100 } });
      const progress = events.flatMap(({ name, data }) => (name === 'error' ? [] : [data.progress]));
      expect(progress).toEqual([...progress].sort((a, b) => a - b));
      expect((await documents.job(job.id)).body).toEqual(last?.data);
      // A late follower gets the final event as well.
      expect((await (await documents.follow(job.id)).collect()).map(({ name }) => name)).toEqual(['done']);
    },
  );

  test(
    'the stored progress of a job only rises, including the states that no follower sees',
    requirement('DOC-03', needs('started target')),
    async ({ spareTarget, clientsFor, signUp, documentClientsFor, newDocument, query }) => {
      const platform = spareTarget.platform.urls.owner;
      const { http } = clientsFor(spareTarget);
      const { uploadAndWait } = documentClientsFor(await signUp({}, http), http);
      // A follower sees only some of the states of a job, so a trigger records all of them.
      await query(
        platform,
        `CREATE TABLE seen (n serial, progress int, state text);
         CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
           'BEGIN INSERT INTO seen (progress, state) VALUES (NEW.progress, NEW.state); RETURN NEW; END';
         CREATE TRIGGER see AFTER INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION see()`,
      );
      await uploadAndWait(await newDocument('pdf'));
      const seen = await query(platform, 'SELECT progress, state FROM seen ORDER BY n');
      const progress = seen.map((row) => Number(row['progress']));
      expect(progress).toEqual(progress.toSorted((a, b) => a - b));
      expect(new Set(progress).size, `different values of the progress ${progress}`).toBeGreaterThan(3);
      expect(seen.at(-1)).toEqual({ progress: 100, state: 'done' });
      await query(platform, 'DROP FUNCTION see() CASCADE; DROP TABLE seen');
    },
  );

  test(
    'a file name that is a path is reduced to a harmless name, and its declared type is ignored',
    requirement('DOC-01', 'SEC-04'),
    async ({ documents, newDocument }) => {
      const malicious = {
        ...(await newDocument('text')),
        name: '../../etc/..\\pass\u202Ewd\u0007.txt',
        type: 'image/png',
      };
      const { document } = (await documents.upload(malicious)).body;
      // The media type is detected from the bytes, whatever the form declares.
      expect(document).toMatchObject({ name: 'passwd.txt', media_type: 'text/plain' });
    },
  );

  test(
    'uploading the same bytes again gives the same document, but another user gets a new one',
    requirement('DOC-08'),
    async ({ documents, newDocument, uploadAndWait, documentClientsFor, signUp, storedDocument }) => {
      const file = await newDocument('text');
      const { document } = await uploadAndWait(file);
      const again = await documents.upload({ ...file, name: 'another name.txt' });
      expect(again.status).toBe(200);
      expect(again.body).toMatchObject({ duplicate: true, document: { id: document.id, name: file.name } });
      expect((await documents.list()).body.total, 'documents after the second upload').toBe(1);
      expect((await storedDocument(document.id)).jobs).toHaveLength(1);

      const another = await documentClientsFor(await signUp()).uploadAndWait(file);
      expect(another.document.id).not.toBe(document.id);
    },
  );

  test(
    'ten documents that are uploaded at once are each indexed with their own text',
    requirement('DOC-09'),
    async ({ documents, newDocument, uploadAndWait, storedDocument }) => {
      test.setTimeout(90_000);
      const files = await Promise.all(Array.from({ length: 10 }, (_, n) => newDocument(n % 2 === 0 ? 'pdf' : 'text')));
      const indexed = await inParallel(files.length, files, async (file) => ({ file, ...(await uploadAndWait(file)) }));
      expect(new Set(indexed.map(({ document }) => document.id)).size).toBe(files.length);
      for (const { file, document } of indexed) {
        const { row, chunks, vectors } = await storedDocument(document.id);
        expect(oneLine(row?.['text'])).toContain(file.sentence);
        expect(vectors).toBe(chunks.length);
      }
      expect((await documents.list({ limit: 3, offset: 8 })).body.items).toHaveLength(2);
    },
  );

  test(
    'four simultaneous uploads of the same bytes give one document and one job',
    requirement('DOC-08', 'DOC-09'),
    async ({ documents, newDocument }) => {
      const file = await newDocument('text');
      const answers = await Promise.all([1, 2, 3, 4].map(() => documents.upload(file)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 202]);
      expect(new Set(answers.map(({ body }) => body.document.id)).size).toBe(1);
      expect(new Set(answers.map(({ body }) => body.job.id)).size).toBe(1);
    },
  );

  test(
    'deleting a document also deletes its text, its vectors and the cached answers that quote it',
    requirement('DOC-07'),
    async ({ documents, ask, uploadAndWait, sampleDocument, storedDocument, query, databases }) => {
      const { document } = await uploadAndWait(sampleDocument);
      const { body: before } = await ask.question(sampleDocument.question);
      const cited = before.citations.map(({ document_id }) => document_id);
      await expectOfModel(() => expect(cited, `the answer was ${before.answer}`).toContain(document.id));
      expect((await storedDocument(document.id)).cachedAnswers).toHaveLength(1);

      await documents.remove(document.id);

      expect(await storedDocument(document.id)).toMatchObject({
        row: undefined,
        chunks: [],
        parts: 0,
        cachedAnswers: [],
      });
      await expect.poll(async () => (await storedDocument(document.id)).vectors).toBe(0);
      const remaining = await query(
        databases.platform.urls.owner,
        'SELECT count(*)::int AS n FROM documents WHERE text LIKE $1',
        [`%${sampleDocument.sentence}%`],
      );
      expect(remaining).toEqual([{ n: 0 }]);
      const { body: after } = await ask.question(sampleDocument.question);
      expect(after).toMatchObject({ cached: false, citations: [] });
      expect(after.answer).not.toContain(sampleDocument.answer);
      expect((await documents.refusal('read', document.id)).status).toBe(404);
      expect((await documents.refusal('remove', document.id)).status).toBe(404);
    },
  );

  test(
    'a document that is deleted while it is indexed stays deleted',
    requirement('DOC-07'),
    async ({ documents, newDocument, storedDocument }) => {
      const { document, job } = (await documents.upload(await newDocument('pdf'))).body;
      await documents.remove(document.id);
      await expect.poll(async () => (await documents.job(job.id)).body.state).toMatch(/cancelled|done/);
      await expect
        .poll(() => storedDocument(document.id))
        .toMatchObject({ row: undefined, chunks: [], parts: 0, vectors: 0 });
    },
  );

  test(
    "a list of documents holds the user's own, the latest first, page by page",
    requirement('DOC-02'),
    async ({ documents, newDocument }) => {
      const names = [];
      for (const _ of [1, 2, 3])
        names.unshift(
          (await documents.upload({ ...(await newDocument('text')), name: `${uniqueName()}.txt` })).body.document.name,
        );
      const firstPage = (await documents.list({ limit: 2 })).body;
      expect(firstPage.items.map(({ name }) => name)).toEqual(names.slice(0, 2));
      expect((await documents.list({ limit: 2, offset: 2 })).body.items[0]?.name).toBe(names[2]);
    },
  );
});

/** The text without its line breaks, because a PDF breaks lines at the edge of the page. */
const oneLine = (text: unknown): string => String(text).replaceAll(/\s+/g, ' ');
