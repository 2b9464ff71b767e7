import { expect, needs, requirement, test, waitForJob } from '../../fixtures/index.ts';

/** Nobody listens there. */
const nowhere = '127.0.0.1:1';

test.describe('knowledge without what it can do without', needs('documents', 'ask', 'started target'), () => {
  for (const [what, dependency, env, requirements] of [
    ['the vector store', 'vectors', { VECTOR_DATABASE_URL: `postgres://nobody@${nowhere}/x` }, requirement('RES-05')],
    ['the cache', 'cache', { CACHE_URL: `redis://${nowhere}` }, requirement('RES-01')],
  ] as const) {
    test(
      `${what} is down: documents are indexed and questions answered, and readiness says degraded`,
      requirements,
      async ({ freshDatabase, startOwnTarget, clientsOf, signUp, knowledgeOf, newDocument }) => {
        const platform = (await freshDatabase('platform')).urls.owner;
        const { http, operations } = clientsOf(await startOwnTarget({ platform, env }));
        const ready = await operations.ready();
        expect(ready.status).toBe(200);
        expect(ready.body).toMatchObject({ status: 'degraded', dependencies: { [dependency]: { status: 'down' } } });

        const { ask, uploadAndWait } = knowledgeOf(await signUp({}, http), http);
        const file = await newDocument('text');
        const { document } = await uploadAndWait(file);
        for (const _ of ['first', 'second']) {
          const { body } = await ask.question(file.question);
          expect(body.answer).toContain(file.answer);
          expect(body.citations.map(({ document_id }) => document_id)).toEqual([document.id]);
          if (dependency === 'cache') expect(body.cached).toBe(false);
        }
      },
    );
  }

  test(
    'a service that is killed while it indexes loses no accepted document',
    requirement('RES-20'),
    async ({ freshDatabase, startOwnTarget, clientsOf, signUp, knowledgeOf, newDocument }) => {
      const platform = (await freshDatabase('platform')).urls.owner;
      const first = await startOwnTarget({ platform });
      const { http } = clientsOf(first);
      const who = await signUp({}, http);
      const files = await Promise.all(Array.from({ length: 6 }, (_, n) => newDocument(n % 2 === 0 ? 'pdf' : 'text')));
      const { documents } = knowledgeOf(who, http);
      const accepted = await Promise.all(files.map((file) => documents.upload(file)));
      await first.stop('SIGKILL');

      const { http: next } = clientsOf(await startOwnTarget({ platform }));
      const again = knowledgeOf(who, next);
      for (const { body } of accepted) {
        expect((await waitForJob(again.documents, body.job.id)).state).toBe('done');
        expect((await again.documents.read(body.document.id)).body.status).toBe('indexed');
      }
      expect((await again.documents.list()).body.total).toBe(files.length);
    },
  );
});
