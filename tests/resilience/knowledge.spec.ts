import { expect, needs, requirement, test, waitForJob } from '../../fixtures/index.ts';

test.describe('documents in a service that is killed', needs('documents', 'auth', 'process control'), () => {
  test(
    'a service that is killed while it indexes loses no accepted document',
    requirement('RES-20'),
    async ({ startOwnTarget, clientsFor, signUp, documentClientsFor, newDocument }) => {
      const first = await startOwnTarget({ databases: 'fresh' });
      const { http } = clientsFor(first);
      const user = await signUp({}, http);
      const files = await Promise.all(Array.from({ length: 6 }, (_, n) => newDocument(n % 2 === 0 ? 'pdf' : 'text')));
      const { documents } = documentClientsFor(user, http);
      const accepted = await Promise.all(files.map((file) => documents.upload(file)));
      await first.stop('SIGKILL');

      const { http: restarted } = clientsFor(await startOwnTarget({ databases: first.databases }));
      const { documents: recovered } = documentClientsFor(user, restarted);
      for (const { body } of accepted) {
        expect((await waitForJob(recovered, body.job.id)).state).toBe('done');
        expect((await recovered.read(body.document.id)).body.status).toBe('indexed');
      }
      expect((await recovered.list()).body.total).toBe(files.length);
    },
  );
});
