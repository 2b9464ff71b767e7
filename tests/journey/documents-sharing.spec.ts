import { expect, expectOfModel, needs, requirement, test } from '../../fixtures/index.ts';

test.describe('shared and private documents', needs('documents.shared', 'ask', 'auth.admin'), () => {
  test(
    'a document that an admin shares answers the questions of every user, and only an admin can delete it',
    requirement('DOC-06', 'SEC-05'),
    async ({ documentClientsFor, admin, signUp, sampleDocument, query, databases, stores: _ }) => {
      const shared = { scope: 'shared' };
      const theAdmin = documentClientsFor(admin);
      const { document } = await theAdmin.uploadAndWait(sampleDocument, shared);
      try {
        const reader = documentClientsFor(await signUp());
        const { body } = await reader.ask.question(sampleDocument.question);
        await expectOfModel(() => {
          expect(body.answer).toContain(sampleDocument.answer);
          expect(body.citations.map(({ document_id }) => document_id)).toEqual([document.id]);
        });
        expect((await reader.documents.read(document.id)).body).toMatchObject({ id: document.id, scope: 'shared' });
        expect((await reader.documents.refusal('remove', document.id)).body).toMatchObject({ status: 403 });
      } finally {
        // A document that stays shared would answer the questions of later tests of this worker.
        await theAdmin.documents.remove(document.id);
      }
      const audited = await query(
        databases.platform.urls.owner,
        'SELECT action, actor_id FROM audit_log WHERE subject = $1 ORDER BY at',
        [document.id],
      );
      expect(audited).toEqual(['document.share', 'document.delete'].map((action) => ({ action, actor_id: admin.id })));
      const { body: after } = await documentClientsFor(await signUp()).ask.question(sampleDocument.question);
      expect(after).toMatchObject({ answered: false, citations: [] });
    },
  );

  test(
    'a user who tries to share a document is refused with 403',
    requirement('DOC-06', 'AUTH-10'),
    async ({ documents, newDocument }) => {
      const refusal = await documents.uploadRefusal(await newDocument('text'), { scope: 'shared' });
      expect(refusal).toBeProblem(403);
      expect((await documents.list()).body.items.filter(({ scope }) => scope === 'private')).toEqual([]);
    },
  );

  test(
    "another user's document and its job are answered with 404",
    requirement('DOC-06', 'SEC-01'),
    async ({ documents, documentClientsFor, signUp, sampleDocument, admin }) => {
      const owner = documentClientsFor(await signUp());
      const { document, job } = await owner.uploadAndWait(sampleDocument);
      for (const [endpoint, id] of [
        ['read', document.id],
        ['remove', document.id],
        ['job', job.id],
        ['events', job.id],
      ] as const)
        expect(await documents.refusal(endpoint, id), endpoint).toBeProblem(404);
      expect((await documents.list()).body.items.map(({ id }) => id)).not.toContain(document.id);
      expect(
        (await owner.documents.read(document.id)).body.status,
        "status of the owner's document after the other user tried to delete it",
      ).toBe('indexed');
      // An admin can read the job, to help its owner.
      expect((await documentClientsFor(admin).documents.job(job.id)).body.state).toBe('done');
    },
  );
});
