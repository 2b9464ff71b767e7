import type { ChildProcess } from 'node:child_process';
import type { SpawnOptions } from '../../fixtures/stack/lease/protocol.ts';
import type { LogRing } from '../../fixtures/stack/ring.ts';

/**
 * Waits until a child prints where it listens: a line of JSON on its standard output, or, where `ready` is given, that
 * line on either output. Fails at once when it exits, with its last 50 log lines.
 */
export function listening(child: ChildProcess, ring: LogRing, options: SpawnOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const evidence = () => `Its last log lines:\n${ring.last(50).join('\n') || '(none)'}`;
  const timer = setTimeout(
    () =>
      reject(
        new Error(
          `${options.label} was not listening after ${options.timeoutMs} ms. ` +
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
      if (line.includes(ready.line)) resolve(ready.url);
    } else if (line.includes('"listening"')) {
      const url = /"url":"([^"]+)"/.exec(line)?.[1];
      if (url) resolve(url);
    }
  });
  for (const stream of ready ? [child.stdout, child.stderr] : [child.stdout]) stream?.on('data', read);
  return promise.finally(() => clearTimeout(timer));
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
