import { expect, needs, ofTheModel, requirement, test } from '../../fixtures/index.ts';

test.describe('whose knowledge a document is', needs('documents.shared', 'ask', 'auth.admin'), () => {
  test(
    'what an admin shares answers everybody, and only an admin takes it away',
    requirement('DOC-06', 'SEC-05'),
    async ({ knowledgeOf, admin, signUp, sampleDocument, query, databases, stores: _ }) => {
      const shared = { scope: 'shared' };
      const theAdmin = knowledgeOf(admin);
      const { document } = await theAdmin.uploadAndWait(sampleDocument, shared);
      try {
        const somebody = knowledgeOf(await signUp());
        const { body } = await somebody.ask.question(sampleDocument.question);
        await ofTheModel(() => {
          expect(body.answer).toContain(sampleDocument.answer);
          expect(body.citations.map(({ document_id }) => document_id)).toEqual([document.id]);
        });
        expect((await somebody.documents.read(document.id)).body).toMatchObject({ id: document.id, scope: 'shared' });
        expect((await somebody.documents.refusal('remove', document.id)).body).toMatchObject({ status: 403 });
      } finally {
        // Everybody's questions of this worker would be answered from it.
        await theAdmin.documents.remove(document.id);
      }
      const audited = await query(
        databases.platform.urls.owner,
        'SELECT action, actor_id FROM audit_log WHERE subject = $1 ORDER BY at',
        [document.id],
      );
      expect(audited).toEqual(['document.share', 'document.delete'].map((action) => ({ action, actor_id: admin.id })));
      const { body: after } = await knowledgeOf(await signUp()).ask.question(sampleDocument.question);
      expect(after).toMatchObject({ answered: false, citations: [] });
    },
  );

  test('a user cannot share', requirement('DOC-06', 'AUTH-10'), async ({ documents, newDocument }) => {
    const refusal = await documents.uploadRefusal(await newDocument('text'), { scope: 'shared' });
    expect(refusal).toBeProblem(403);
    expect((await documents.list()).body.items.filter(({ scope }) => scope === 'private')).toEqual([]);
  });

  test(
    'somebody else’s document and job are not there',
    requirement('DOC-06', 'SEC-01'),
    async ({ documents, knowledgeOf, signUp, sampleDocument, admin }) => {
      const owner = knowledgeOf(await signUp());
      const { document, job } = await owner.uploadAndWait(sampleDocument);
      for (const [endpoint, id] of [
        ['read', document.id],
        ['remove', document.id],
        ['job', job.id],
        ['events', job.id],
      ] as const)
        expect(await documents.refusal(endpoint, id), endpoint).toBeProblem(404);
      expect((await documents.list()).body.items.map(({ id }) => id)).not.toContain(document.id);
      expect((await owner.documents.read(document.id)).body.status, 'it is still there').toBe('indexed');
      // An admin sees the job, to help.
      expect((await knowledgeOf(admin).documents.job(job.id)).body.state).toBe('done');
    },
  );
});
