import { expect, jobStreamRules, lies, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

test.describe('job event streams', needs('documents', 'documents.events'), () => {
  test(
    'the events of a job are conformant, report rising progress, and end exactly once',
    requirement('STREAM-18', 'DOC-03'),
    async ({ documents, newDocument }) => {
      const { job } = (await documents.upload(await newDocument('pdf'))).body;
      const stream = await documents.follow(job.id);
      const events = await stream.collect();
      await expect(stream).toBeConformantStream(jobStreamRules);
      expect(events.at(-1)).toMatchObject({ name: 'done', data: { state: 'done', progress: 100 } });
      const progress = events.flatMap(({ data }) => ('progress' in data ? [data.progress] : []));
      expect(progress).toEqual(progress.toSorted((a, b) => Number(a) - Number(b)));
      expect(
        new Set(events.map(({ name, data }) => `${name} ${JSON.stringify(data)}`)).size,
        'different events of the job: none should be sent twice',
      ).toBe(events.length);
    },
  );

  test(
    'all followers of a job, early or late, receive the same final event',
    requirement('STREAM-18', 'STREAM-17'),
    async ({ documents, newDocument }) => {
      const { job } = (await documents.upload(await newDocument('text'))).body;
      const followers = await Promise.all([1, 2, 3, 4].map(() => documents.follow(job.id)));
      const finalEvents = await Promise.all(followers.map(async (stream) => (await stream.collect()).at(-1)?.data));
      const late = await documents.follow(job.id);
      const lateEvents = await late.collect();
      expect(lateEvents.map(({ name }) => name)).toEqual(['done']);
      for (const event of finalEvents) expect(event).toEqual(lateEvents[0]?.data);
      await expect(late).toBeConformantStream(jobStreamRules);
    },
  );

  test(
    'the event stream of a failing job ends with an error event',
    requirement('STREAM-12'),
    async ({ documents, newDocument }) => {
      const broken = { ...(await newDocument('pdf')), bytes: Buffer.from(`%PDF-1.4 ${Math.random()}`) };
      const { job } = (await documents.upload(broken)).body;
      const stream = await documents.follow(job.id);
      const events = await stream.collect();
      await expect(stream).toBeConformantStream({ ...jobStreamRules, expectations: { error: true } });
      expect(events.at(-1)?.name).toBe('error');
      expect(events.at(-1)?.data).toMatchObject({ detail: expect.stringMatching(/PDF/) });
    },
  );

  test(
    'following an unknown job or the job of another user is refused with 404',
    requirement('STREAM-11', 'SEC-01'),
    async ({ documents, newDocument, documentClientsFor, signUp }) => {
      const { job } = (await documents.upload(await newDocument('text'))).body;
      const otherUser = documentClientsFor(await signUp()).documents;
      for (const [client, id] of [
        [otherUser, job.id] as const,
        [documents, '00000000-0000-4000-8000-000000000000'] as const,
      ])
        expect(await client.refusal('events', id)).toBeProblem(404);
    },
  );

  test(
    'a follower that reconnects gets only the events it has not seen, then 204',
    requirement('STREAM-18', needs('documents.resume')),
    async ({ documents, newDocument }) => {
      const { job } = (await documents.upload(await newDocument('pdf'))).body;
      const first = await documents.follow(job.id);
      const ids: string[] = [];
      for await (const { id } of first.wire.events) ids.push(id ?? '');
      for (const id of ids) expect(id, 'id of the event, which a follower needs to resume').toMatch(/\S/);
      // A browser reconnects after every end of a stream. It must get the one event that it has not seen, or none.
      for (const [i, id] of ids.entries()) {
        const resumed = await documents.resume(job.id, id);
        if (i === ids.length - 1)
          expect(
            [resumed.kind, resumed.status],
            'answer to a follower that has seen the last event: 204 tells it not to reconnect',
          ).toEqual(['plain', 204]);
        else if (resumed.kind === 'stream') {
          await resumed.done();
          expect(resumed.events.map((event) => [event.name, event.id])).toEqual([['done', ids.at(-1)]]);
        } else expect(resumed.kind).toBe('stream');
      }
      const unknown = await documents.resume(job.id, 'an-unknown-event');
      expect(unknown.kind, 'answer to an unknown Last-Event-ID: the follower should still get the final event').toBe(
        'stream',
      );
    },
  );
});

test(
  'a slow job sends heartbeat comments, and a follower that leaves holds no request open',
  requirement('STREAM-18', 'STREAM-14', needs('documents.events', 'started target')),
  async ({
    startOwnTarget,
    startUpstream,
    freshDatabase,
    clientsFor,
    signUp,
    documentClientsFor,
    newDocument,
    watchMetrics,
  }) => {
    test.slow();
    const platform = (await freshDatabase('platform')).urls.owner;
    const slowModel = await startUpstream();
    const embedding = Promise.withResolvers<void>();
    slowModel.lie(lies.heldUntil(embedding.promise), { path: '/v1/embeddings' });
    const target = await startOwnTarget({ platform, model: { url: slowModel.url }, settings: { heartbeat: 50 } });
    const { http, operations } = clientsFor(target);
    const { documents } = documentClientsFor(await signUp({}, http), http);
    const { job } = (await documents.upload(await newDocument('text'))).body;
    const metrics = await watchMetrics(operations);
    const [staying, leaving] = [await documents.follow(job.id), await documents.follow(job.id)];
    await expect
      .poll(() => staying.wire.record.comments.length, {
        message: 'heartbeat comments while the job makes no progress',
      })
      .toBeGreaterThan(3);
    leaving.wire.leave();
    embedding.resolve();
    const events = await staying.collect();
    expect(events.at(-1)?.name).toBe('done');
    await expect(staying).toBeConformantStream(jobStreamRules);
    await expect.poll(() => metrics.increase('http_requests_in_flight')).toBe(0);
  },
);
