import {
  expect,
  isReference,
  needs,
  requirement,
  streamUpload,
  faultTest as test,
  waitForJob,
} from '../../fixtures/index.ts';

const mebibyte = 1_024 * 1_024;

const rejected = [
  [
    'a picture that claims to be a PDF',
    { name: 'a.pdf', type: 'application/pdf', bytes: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') },
    415,
    'unsupported_document',
  ],
  [
    'a program that claims to be text',
    { name: 'a.txt', type: 'text/plain', bytes: Buffer.from('7f454c4602010100', 'hex') },
    415,
    'unsupported_document',
  ],
  [
    'text that is not UTF-8',
    { name: 'a.txt', type: 'text/plain', bytes: Buffer.from([0x67, 0xe4, 0x6e, 0x73, 0x65]) },
    415,
    'unsupported_document',
  ],
  ['an empty file', { name: 'a.txt', type: 'text/plain', bytes: Buffer.alloc(0) }, 422, 'invalid_request'],
] as const;

const unreadable = [
  ['a truncated PDF', async (pdf: Uint8Array) => pdf.subarray(0, 300), /^The PDF cannot be read/],
  [
    'a file with only the header of a PDF',
    async () => Buffer.from(`%PDF-1.7\n${Math.random()}`),
    /^The PDF cannot be read/,
  ],
  [
    'a text of nothing but white space',
    async () => Buffer.from('  \n\t \n'.padEnd(20 + Math.floor(Math.random() * 1_000))),
    /^There is no text/,
  ],
  [
    'a text whose last byte is not UTF-8',
    async () => Buffer.concat([Buffer.from(`${Math.random()}`.padEnd(2_000, 'x')), Buffer.from([0xff])]),
    /^The document is not UTF-8/,
  ],
] as const;

test.describe('refused documents', needs('documents', 'documents.details'), () => {
  for (const [what, file, status, code] of rejected) {
    test(
      `uploading ${what} is refused with ${status}, and nothing is stored`,
      requirement('DOC-05'),
      async ({ documents }) => {
        const refusal = await documents.uploadRefusal(file);
        expect(refusal).toBeProblem(status);
        expect(refusal.body['code']).toBe(code);
        expect((await documents.list()).body.total).toBe(0);
      },
    );
  }

  for (const [what, bytes, reason] of unreadable) {
    test(
      `uploading ${what} leads to a failed job with a reason`,
      requirement('DOC-05'),
      async ({ documents, sampleDocument, storedDocument }) => {
        const file = { ...sampleDocument, bytes: await bytes(sampleDocument.bytes) };
        const { document, job } = (await documents.upload(file)).body;
        const ended = await waitForJob(documents, job.id);
        expect(ended).toMatchObject({ state: 'failed', error: { message: expect.stringMatching(reason) } });
        expect((await documents.read(document.id)).body).toMatchObject({
          status: 'failed',
          error: expect.stringMatching(reason),
        });
        expect(await storedDocument(document.id)).toMatchObject({ chunks: [], parts: 0, vectors: 0 });
        const events = await (await documents.follow(job.id)).collect();
        expect(events).toEqual([
          expect.objectContaining({ name: 'error', data: expect.objectContaining({ code: 'job_failed' }) }),
        ]);
      },
    );
  }

  test(
    'an upload with an invalid form is refused, and the error names the field',
    requirement('DOC-05'),
    async ({ documents, newDocument, http, user }) => {
      const file = await newDocument('text');
      const scope = await documents.uploadRefusal(file, { scope: 'everybody' });
      expect(scope).toBeProblem(422);
      expect(scope.body['errors']).toEqual([{ field: 'scope', message: expect.any(String) }]);
      const { body: unknown } = await documents.uploadRefusal(file, { scpoe: 'private' });
      expect(unknown['errors']).toEqual([{ field: 'scpoe', message: 'unknown field' }]);
      const json = await documents.refusal('create', undefined, { json: { file: 'x' } });
      expect(json).toBeProblem(415, 'multipart/form-data');
      const headers = { ...user.headers, 'content-type': 'multipart/form-data; boundary=x' };
      const none = await http.request('POST', '/api/v1/documents', { headers, body: '--x--\r\n' });
      expect(none.status).toBe(422);
      expect((await documents.list()).body.total).toBe(0);
    },
  );

  for (const declared of [false, true]) {
    test(
      `an upload of more than 50 MB ${declared ? 'with' : 'without'} a Content-Length is refused with 413, and nothing is stored`,
      requirement('DOC-04'),
      async ({ documents, user, target, query, databases }) => {
        test.setTimeout(90_000);
        // Undeclared, one byte over the limit; declared, so much that the service refuses it without reading it.
        const bytes = declared ? 60 * mebibyte : 50 * mebibyte + 1;
        const upload = { bytes, declared, headers: user.headers };
        const answer = await streamUpload(`${target.url}/api/v1/documents`, upload);
        expect({ status: answer?.status ?? 0, body: JSON.parse(answer?.body ?? '{}') }).toBeProblem(
          413,
          'File too large',
        );
        expect((await documents.list()).body.total).toBe(0);
        const rows = await query(databases.platform.urls.owner, 'SELECT 1 FROM documents WHERE owner_id = $1', [
          user.id,
        ]);
        expect(rows).toEqual([]);
      },
    );
  }

  test(
    'a file of exactly the allowed size is accepted, and one more byte is refused with 413',
    requirement('DOC-04', 'OWN-04', needs('auth', 'settings.document size limit')),
    async ({ startOwnTarget, clientsFor, signUp, documentClientsFor, settings }) => {
      const limit = settings.atLeast('document size limit', 20_000, 1_048_576);
      const { http } = clientsFor(
        await startOwnTarget({ databases: 'fresh', settings: { 'document size limit': limit } }),
      );
      const { documents } = documentClientsFor(await signUp({}, http), http);
      // One word and blanks, which are quickly indexed.
      const fileOf = (bytes: number) => ({
        name: 'a.txt',
        type: 'text/plain',
        bytes: Buffer.from('word'.padEnd(bytes)),
      });
      expect((await documents.upload(fileOf(limit))).status).toBeLessThan(300);
      const refusal = await documents.uploadRefusal(fileOf(limit + 1));
      expect(refusal.status, `the status of a file of ${limit + 1} bytes`).toBe(413);
      if (isReference) expect(refusal).toBeProblem(413, `at most ${limit} bytes`);
    },
  );

  test(
    'a streamed file below the size limit is accepted',
    requirement('DOC-04'),
    async ({ documents, user, target }) => {
      const upload = { bytes: mebibyte / 32, headers: user.headers };
      const answer = await streamUpload(`${target.url}/api/v1/documents`, upload);
      expect(answer?.status).toBe(202);
      const { items } = (await documents.list()).body;
      expect(items).toMatchObject([{ bytes: mebibyte / 32 }]);
      await documents.remove(items[0]?.id ?? '');
    },
  );

  test(
    'an upload that breaks off halfway leaves nothing behind, and the next upload works',
    requirement('DOC-10'),
    async ({ documents, user, target, query, databases, operations, sampleDocument, uploadAndWait }) => {
      const metric = { route: '/api/v1/documents', method: 'POST', status: '499' };
      const broken = async () =>
        (await operations.metrics()).body.value('http_request_duration_seconds_count', metric) ?? 0;
      const before = await broken();
      const upload = { bytes: 8 * mebibyte, cutAfter: 4 * mebibyte, headers: user.headers };
      expect(await streamUpload(`${target.url}/api/v1/documents`, upload)).toBeUndefined();
      await expect.poll(broken, 'uploads that the service recorded as broken off (status 499)').toBe(before + 1);
      const { owner } = databases.platform.urls;
      expect(await query(owner, 'SELECT id FROM documents WHERE owner_id = $1', [user.id])).toEqual([]);
      expect(await query(owner, 'SELECT id FROM jobs WHERE owner_id = $1', [user.id])).toEqual([]);
      const orphansSql =
        'SELECT 1 FROM document_parts p WHERE NOT EXISTS (SELECT FROM documents d WHERE d.id = p.document_id)';
      expect(await query(owner, orphansSql)).toEqual([]);
      // The next upload works.
      expect((await uploadAndWait(sampleDocument)).document.status).toBe('indexed');
      expect((await documents.list()).body.total).toBe(1);
    },
  );

  test(
    'uploading, reading or deleting a document without signing in is refused with 401',
    requirement('DOC-06', 'SEC-01'),
    async ({ http, uploadAndWait, sampleDocument }) => {
      const { document, job } = await uploadAndWait(sampleDocument);
      for (const [method, path] of [
        ['POST', '/api/v1/documents'],
        ['GET', '/api/v1/documents'],
        ['GET', `/api/v1/documents/${document.id}`],
        ['DELETE', `/api/v1/documents/${document.id}`],
        ['GET', `/api/v1/jobs/${job.id}`],
        ['GET', `/api/v1/jobs/${job.id}/events`],
      ] as const)
        expect((await http.request(method, path)).status, `${method} ${path}`).toBe(401);
    },
  );
});
