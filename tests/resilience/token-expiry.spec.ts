import { claimsOf, expect, forgeToken, lies, needs, requirement, faultTest as test } from '../../fixtures/index.ts';

const shortLived = { ACCESS_TOKEN_TTL_SECONDS: '1' };

test(
  'a session outlasts many access tokens: a client that refreshes after each 401 is never refused',
  requirement('RES-10', needs('auth', 'started target')),
  async ({ startOwnTarget, clientsFor, freshDatabase, authClientFor, signUp, steadyTraffic }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const target = await startOwnTarget({ platform, env: shortLived });
    const auth = authClientFor(clientsFor(target).http);
    const user = await signUp({}, clientsFor(target).http);
    const sessions = new Set([claimsOf(user.accessToken)['sid']]);
    let tokens = { access_token: user.accessToken, refresh_token: user.refreshToken };
    let refreshed = 0;
    const traffic = await steadyTraffic(
      async (http) => {
        const readAccount = () =>
          http.request('GET', '/api/v1/auth/me', {
            headers: { authorization: `Bearer ${tokens.access_token}` },
          });
        const answer = await readAccount();
        if (answer.status !== 401) return answer;
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer .*error="invalid_token"/);
        expect((answer.json() as { detail: string }).detail).toMatch(/expired/);
        tokens = (await auth.refresh(tokens.refresh_token)).body;
        refreshed += 1;
        sessions.add(claimsOf(tokens.access_token)['sid']);
        // On a busy machine the new token may expire before it is used; the service answers that with 401 as well.
        const retry = await readAccount();
        return retry.status === 401 ? undefined : retry;
      },
      { on: target, title: 'a session of short-lived tokens', users: 1, pauseMs: 50, watch: false },
    );
    await expect.poll(() => refreshed, { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
    const { all } = await traffic.stop();
    expect(all.outcomes).toEqual({ ok: all.samples.length });
    expect(sessions.size, 'different session IDs in the access tokens').toBe(1);
  },
);

test(
  'work that began with a valid token completes after the token expired and still belongs to its user',
  requirement('RES-10', needs('auth', 'batch', 'inference', 'sql', 'started target')),
  async ({
    startOwnTarget,
    clientsFor,
    freshDatabase,
    authClientFor,
    signUp,
    platformClientsFor,
    documentClientsFor,
    newDocument,
    startUpstream,
    modelId,
    signingKey,
  }) => {
    const platform = (await freshDatabase('platform')).urls.owner;
    const answersAllowed = Promise.withResolvers<void>();
    const model = await startUpstream();
    const { http } = clientsFor(await startOwnTarget({ platform, model: { url: model.url } }));
    const user = await signUp({}, http);
    const file = await newDocument('text');
    await documentClientsFor(user, http).uploadAndWait(file);
    model.lie(lies.heldUntil(answersAllowed.promise), { path: '/v1/chat/completions' });
    // The session's own token with an earlier expiry, but late enough to start the work on a busy machine.
    const exp = Math.floor(Date.now() / 1_000) + 4;
    const headers = {
      authorization: `Bearer ${forgeToken(user.accessToken, { claims: { exp }, secret: signingKey })}`,
    };
    const greeting = { input: 'Hello, respond briefly', max_tokens: 8 };
    const { batches, inference } = platformClientsFor({ headers }, http);
    // Once the batch is accepted, both of these have passed authentication, and their model has not answered yet.
    const inProgress = Promise.all([
      inference.infer({ model: modelId, ...greeting }),
      documentClientsFor({ headers }, http)
        .ask.stream(file.question)
        .then((stream) => stream.collect()),
    ]);
    const { id } = (await batches.submit(modelId, [greeting])).body;
    const auth = authClientFor(http);
    const status = async () => (await auth.answer('me', { headers })).status;
    await expect.poll(status, { timeout: 20_000 }).toBe(401);
    expect((await batches.refusal('read', { id })).body.code).toBe('invalid_token');

    answersAllowed.resolve();
    const [inferred, events] = await inProgress;
    expect(inferred.status).toBe(200);
    expect(events.at(-1)).toMatchObject({ name: 'done', data: { answer: expect.stringContaining(file.answer) } });
    const { body } = await auth.refresh(user.refreshToken);
    expect(body.user.id).toBe(user.id);
    const refreshed = platformClientsFor({ headers: { authorization: `Bearer ${body.access_token}` } }, http);
    expect((await refreshed.batches.watch(id)).at(-1)).toMatchObject({ status: 'done', counts: { done: 1 } });
  },
);
