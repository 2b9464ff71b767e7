import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { SpawnOptions } from '../../fixtures/stack/lease/protocol.ts';
import type { LogRing } from '../../fixtures/stack/ring.ts';

/**
 * Waits until a child prints where it listens: a line of JSON on its standard output, or, where `ready` is given, until
 * that line stands on either output, or its path is answered. Fails at once when it exits, with its last 50 log lines.
 */
export function listening(child: ChildProcess, ring: LogRing, options: SpawnOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const evidence = () => `Its last log lines:\n${ring.last(50).join('\n') || '(none)'}`;
  const timer = setTimeout(
    () =>
      reject(
        new Error(
          `${options.label} was not ${waitedFor(options)} after ${options.timeoutMs} ms. ` +
            `Raise PLUMBLINE_BOOT_TIMEOUT_MS if this machine is slow. ${evidence()}`,
        ),
      ),
    options.timeoutMs,
  );
  // `close`, not `exit`: the last lines are still in the pipe when the process is gone.
  child.once('close', (code, signal) =>
    reject(new Error(`${options.label} exited with ${signal ?? `code ${code}`} before it listened. ${evidence()}`)),
  );
  const { ready } = options;
  const read = lines((line) => {
    if (ready) {
      if ('line' in ready && line.includes(ready.line)) resolve(ready.url);
    } else if (line.includes('"listening"')) {
      const url = /"url":"([^"]+)"/.exec(line)?.[1];
      if (url) resolve(url);
    }
  });
  for (const stream of ready ? [child.stdout, child.stderr] : [child.stdout]) stream?.on('data', read);
  const polling = new AbortController();
  if (ready && 'path' in ready)
    void answering(ready, polling.signal).then(
      () => resolve(ready.url),
      () => undefined,
    );
  return promise.finally(() => {
    clearTimeout(timer);
    polling.abort();
  });
}

/** Calls back with whole lines, however the chunks cut them. */
function lines(each: (line: string) => void): (chunk: string) => void {
  let partial = '';
  return (chunk) => {
    const whole = (partial + chunk).split('\n');
    partial = whole.pop() ?? '';
    whole.forEach(each);
  };
}

const pollMs = 50;
const answerMs = 5_000;

type Answered = { url: string; path: string; healthy: boolean };

/** Resolves when the path is answered; an answer that is not healthy yet is waited for. */
async function answering({ url, path, healthy }: Answered, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const limits = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
      const answer = await fetch(`${url}${path}`, { redirect: 'manual', signal: limits });
      await answer.body?.cancel();
      if (!healthy || answer.status < 400) return;
    } catch {
      // It does not listen yet.
    }
    await delay(pollMs, undefined, { signal });
  }
}

function waitedFor({ ready }: SpawnOptions): string {
  if (!ready) return 'listening';
  if ('line' in ready) return `ready (its log has no line with ${JSON.stringify(ready.line)})`;
  return `ready (GET ${ready.path} at ${ready.url} ${ready.healthy ? 'gives no status below 400' : 'gets no answer'})`;
}
