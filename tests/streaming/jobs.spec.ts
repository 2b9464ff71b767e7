import { expect, jobStreamRules, lies, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

test.describe('the events of a job', needs('documents', 'documents.events'), () => {
  test('are conformant, rise, and end once', requirement('STREAM-18', 'DOC-03'), async ({ documents, newDocument }) => {
    const { job } = (await documents.upload(await newDocument('pdf'))).body;
    const stream = await documents.follow(job.id);
    const events = await stream.collect();
    await expect(stream).toBeConformantStream(jobStreamRules);
    expect(events.at(-1)).toMatchObject({ name: 'done', data: { state: 'done', progress: 100 } });
    const told = events.flatMap(({ data }) => ('progress' in data ? [data.progress] : []));
    expect(told).toEqual(told.toSorted((a, b) => Number(a) - Number(b)));
    expect(
      new Set(events.map(({ name, data }) => `${name} ${JSON.stringify(data)}`)).size,
      'nothing is told twice',
    ).toBe(events.length);
  });

  test(
    'tell who comes late, and any number of followers, the same end',
    requirement('STREAM-18', 'STREAM-17'),
    async ({ documents, newDocument }) => {
      const { job } = (await documents.upload(await newDocument('text'))).body;
      const followers = await Promise.all([1, 2, 3, 4].map(() => documents.follow(job.id)));
      const ends = await Promise.all(followers.map(async (stream) => (await stream.collect()).at(-1)?.data));
      const late = await documents.follow(job.id);
      const heard = await late.collect();
      expect(heard.map(({ name }) => name)).toEqual(['done']);
      for (const end of ends) expect(end).toEqual(heard[0]?.data);
      await expect(late).toBeConformantStream(jobStreamRules);
    },
  );

  test('end with an error event where the job fails', requirement('STREAM-12'), async ({ documents, newDocument }) => {
    const broken = { ...(await newDocument('pdf')), bytes: Buffer.from(`%PDF-1.4 ${Math.random()}`) };
    const { job } = (await documents.upload(broken)).body;
    const stream = await documents.follow(job.id);
    const events = await stream.collect();
    await expect(stream).toBeConformantStream({ ...jobStreamRules, expectations: { error: true } });
    expect(events.at(-1)?.name).toBe('error');
    expect(events.at(-1)?.data).toMatchObject({ detail: expect.stringMatching(/PDF/) });
  });

  test(
    'of a job that is not there, or not yours, are refused with a status',
    requirement('STREAM-11', 'SEC-01'),
    async ({ documents, newDocument, knowledgeOf, signUp }) => {
      const { job } = (await documents.upload(await newDocument('text'))).body;
      const other = knowledgeOf(await signUp()).documents;
      for (const [client, id] of [
        [other, job.id] as const,
        [documents, '00000000-0000-4000-8000-000000000000'] as const,
      ])
        expect(await client.refusal('events', id)).toBeProblem(404);
    },
  );

  test(
    'go on where a follower left off, and end its coming back',
    requirement('STREAM-18', needs('documents.resume')),
    async ({ documents, newDocument }) => {
      const { job } = (await documents.upload(await newDocument('pdf'))).body;
      const first = await documents.follow(job.id);
      const ids: string[] = [];
      for await (const { id } of first.wire.events) ids.push(id ?? '');
      for (const id of ids) expect(id, 'an id to come back with').toMatch(/\S/);
      // As a browser does after every end: the one event that it has not seen, or nothing at all.
      for (const [i, id] of ids.entries()) {
        const again = await documents.resume(job.id, id);
        if (i === ids.length - 1) expect([again.kind, again.status], 'told to stay away').toEqual(['plain', 204]);
        else if (again.kind === 'stream') {
          await again.done();
          expect(again.events.map((event) => [event.name, event.id])).toEqual([['done', ids.at(-1)]]);
        } else expect(again.kind).toBe('stream');
      }
      const unknown = await documents.resume(job.id, 'of-another-life');
      expect(unknown.kind, 'an id that nobody gave is no reason to keep the end to oneself').toBe('stream');
    },
  );
});

test(
  'a job that takes its time says so, and who stops following costs nothing',
  requirement('STREAM-18', 'STREAM-14', needs('documents.events', 'started target')),
  async ({ startOwnTarget, startUpstream, freshDatabase, clientsOf, signUp, knowledgeOf, newDocument, meter }) => {
    test.slow();
    const platform = (await freshDatabase('platform')).urls.owner;
    const slow = await startUpstream();
    const embedded = Promise.withResolvers<void>();
    slow.lie(lies.heldUntil(embedded.promise), { path: '/v1/embeddings' });
    const target = await startOwnTarget({ platform, model: { url: slow.url }, env: { SSE_HEARTBEAT_MS: '50' } });
    const { http, operations } = clientsOf(target);
    const { documents } = knowledgeOf(await signUp({}, http), http);
    const { job } = (await documents.upload(await newDocument('text'))).body;
    const meters = await meter(operations);
    const [stays, leaves] = [await documents.follow(job.id), await documents.follow(job.id)];
    await expect
      .poll(() => stays.wire.record.comments.length, { message: 'comments while nothing happens' })
      .toBeGreaterThan(3);
    leaves.wire.leave();
    embedded.resolve();
    const events = await stays.collect();
    expect(events.at(-1)?.name).toBe('done');
    await expect(stays).toBeConformantStream(jobStreamRules);
    await expect.poll(() => meters.moved('http_requests_in_flight')).toBe(0);
  },
);
