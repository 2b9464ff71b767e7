import { chatRequest, delayReason, expect, skipAsInconclusive, type faultTest as test } from '../../fixtures/index.ts';

type Fixtures = Parameters<Parameters<typeof test.beforeEach>[1]>[0];
/** A server that no other test uses, with its metrics and those of the servers behind it. */
type Server = Fixtures['exclusiveService'];
type ChatRequest = ReturnType<Fixtures['longAnswers']>;
type TestInfo = Parameters<typeof skipAsInconclusive>[0];
type ChatStream = Awaited<ReturnType<Server['chat']['chatStream']>>;

/** The tokens that are generated from the start of `action` until the servers are idle again. */
export async function tokensGenerated(server: Server, action: () => Promise<unknown>): Promise<number> {
  const before = await server.generated();
  await action();
  await server.idle();
  return ((await server.generated()) ?? 0) - (before ?? 0);
}

/** Reads a stream until `tokens` of its chunks have had text. */
export async function readTokens(stream: ChatStream, tokens: number): Promise<void> {
  if (tokens === 0) return;
  let read = 0;
  for await (const { choices } of stream) if (choices[0]?.delta.content && ++read === tokens) return;
}

/**
 * Expects a measured value to be below a limit. Where it is not and this process was held up while it measured, the
 * client left too late to tell anything about the server, and the test is skipped as inconclusive.
 */
export function expectBelow(
  limit: number,
  { value, lateMs }: { value: number; lateMs: number },
  message: string,
  testInfo: TestInfo,
): void {
  skipAsInconclusive(testInfo, lateMs > 0 && value >= limit, delayReason(lateMs));
  expect(value, message).toBeLessThan(limit);
}

/** Expects the server to answer another client. Not a hook, because that would boot servers for skipped tests. */
export async function expectNextAnswer({ chat }: Server, modelId: string): Promise<void> {
  const { body } = await chat.chat(chatRequest(modelId));
  expect(body.choices[0]?.finish_reason, 'finish reason of the next answer, which should end by itself').toBe('stop');
}

/**
 * Has several clients request a plain answer, and disconnects all of them once the servers work on every request.
 *
 * @returns how many clients disconnected before they were answered, and after how many ms the servers were idle
 */
export async function leaveBeforePlainAnswers(
  server: Server,
  request: ChatRequest,
  clients: number,
): Promise<{ disconnected: number; idleMs: number }> {
  const leaving = new AbortController();
  let answeredEarly = 0;
  const answers = Array.from({ length: clients }, () =>
    server.chat
      .chat(request, { signal: leaving.signal })
      .catch((error: Error) => error)
      .finally(() => {
        // Some servers take fewer requests at once, and this process may be held up until some are answered.
        if (!leaving.signal.aborted) answeredEarly++;
      }),
  );
  // Where a server has no metrics, the clients may disconnect before it has read their requests. That must do no harm
  // either.
  const requestsInFlight = async () => {
    const counts = await Promise.all(server.gauges.map((gauges) => gauges.inFlight()));
    return Math.min(...counts.map((count) => count ?? clients));
  };
  await expect
    .poll(async () => (await requestsInFlight()) + answeredEarly, {
      message: 'requests in flight or answered, at the least busy of the servers',
      intervals: [1, 2, 5],
    })
    .toBeGreaterThanOrEqual(clients);
  leaving.abort();
  const leftAt = performance.now();
  const aborted = (await Promise.all(answers)).filter((answer) => 'kind' in answer && answer.kind === 'aborted');
  expect(aborted, 'requests that ended because their client disconnected').toHaveLength(clients - answeredEarly);
  expect(aborted, 'requests that ended because their client disconnected').not.toHaveLength(0);
  await server.idle();
  return { disconnected: aborted.length, idleMs: Math.round(performance.now() - leftAt) };
}

/** Lets clients disconnect together: a third each before the headers, after them, and after some tokens. */
export async function disconnectTogether(server: Server, request: ChatRequest, clients: number): Promise<void> {
  await Promise.all(
    Array.from({ length: clients }, async (_, i) => {
      const leaving = new AbortController();
      if (i % 3 === 0) {
        const opening = server.chat.chatStream(request, { signal: leaving.signal }).catch(() => undefined);
        setImmediate(() => leaving.abort());
        await opening;
        return;
      }
      const stream = await server.chat.chatStream(request);
      let read = 0;
      if (i % 3 === 2) for await (const _chunk of stream) if (++read === 3) break;
      stream.wire.leave();
    }),
  );
}

/** Requests that each server counts as ended: all of them, or those with a given outcome. */
export async function endedRequests(
  { gauges: [target, modelServer] }: Server,
  outcomes?: { target: string; modelServer: string },
): Promise<{ target: number; modelServer: number }> {
  const labels = (outcome?: string) => (outcome === undefined ? {} : { outcome });
  return {
    target: (await target.value('model_backend_requests_total', labels(outcomes?.target))) ?? 0,
    modelServer: (await modelServer?.value('model_requests_total', labels(outcomes?.modelServer))) ?? 0,
  };
}

/** Starts to watch a metric of the server and of those behind it; the result tells by how much each has grown since. */
export async function watchGrowth(server: Server, metric: string): Promise<() => Promise<number[]>> {
  const read = () => Promise.all(server.gauges.map((gauges) => gauges.value(metric)));
  const before = await read();
  return async () => (await read()).map((value, i) => (value ?? 0) - (before[i] ?? 0));
}

export async function milliseconds(task: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await task();
  return performance.now() - started;
}
