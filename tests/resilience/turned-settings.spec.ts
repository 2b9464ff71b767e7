import {
  chatRequest,
  expect,
  isReference,
  lies,
  needs,
  requirement,
  faultTest as test,
  uniqueName,
} from '../../fixtures/index.ts';

/** Far enough apart that no busy machine makes them look alike. */
const timeouts = [500, 4_000] as const;

test(
  'a longer model timeout makes a service wait longer for a model server that is silent, and each wait ends with an error',
  requirement('OWN-04', 'RES-08', needs('chat', 'scripted model', 'settings.model timeout')),
  async ({ startUpstream, startOwnTarget, clientsFor, sendChat, settings, modelId }) => {
    test.slow();
    const waits = await Promise.all(
      timeouts.map(async (wanted, index) => {
        const timeoutMs = settings.atLeast('model timeout', wanted, 10_000 + index * 10_000);
        const upstream = await startUpstream();
        const { http } = clientsFor(
          await startOwnTarget({ model: upstream, settings: { 'model timeout': timeoutMs } }),
        );
        return { timeoutMs, upstream, http };
      }),
    );
    // One after the other, so that neither waits for a processor that the other has.
    const took: number[] = [];
    for (const { timeoutMs, upstream, http } of waits) {
      upstream.lie(lies.silence());
      const began = performance.now();
      const { status } = await sendChat(
        { json: chatRequest(modelId, uniqueName('Hello')), timeoutMs: 120_000 },
        'POST',
        http,
      );
      took.push(performance.now() - began);
      expect(status, `the status after ${timeoutMs} ms without a word of the model`).toBeGreaterThanOrEqual(500);
    }
    const [short, long] = waits.map(({ timeoutMs }) => timeoutMs) as [number, number];
    expect(took[0], `ms until the error, with a model timeout of ${short} ms: not earlier`).toBeGreaterThan(short - 50);
    // A service may try again, or ask another server: then each try lasts as long.
    expect(
      (took[1] ?? 0) - (took[0] ?? 0),
      `ms that a service with a model timeout of ${long} ms waits longer than one with ${short} ms`,
    ).toBeGreaterThan(0.8 * (long - short));
  },
);

// The reference service hands a chat to the next backend, and has no setting for how often.
if (!isReference)
  test(
    'a service makes as many calls to its model servers for one request as its setting allows, and no more',
    requirement('OWN-04', needs('chat', 'scripted model', 'settings.model attempts')),
    async ({ startUpstream, startOwnTarget, clientsFor, sendChat, modelId }) => {
      test.slow();
      for (const attempts of [1, 3]) {
        const upstream = await startUpstream();
        const { http } = clientsFor(
          await startOwnTarget({ model: upstream, settings: { 'model attempts': attempts } }),
        );
        upstream.lie(lies.reset());
        const { status } = await sendChat(
          { json: chatRequest(modelId, uniqueName('Hello')), timeoutMs: 60_000 },
          'POST',
          http,
        );
        expect(status, 'the status where every call fails').toBeGreaterThanOrEqual(500);
        expect(upstream.calls, `calls for one request with model attempts set to ${attempts}`).toHaveLength(attempts);
      }
    },
  );
