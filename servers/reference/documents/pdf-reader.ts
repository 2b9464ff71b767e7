import { Worker } from 'node:worker_threads';

export type ExtractorAnswer = { ok: true; pages: string[] } | { ok: false; error: string };

/** How long an idle thread waits for another PDF before it ends to free its memory. */
const idleMs = 60_000;
const idle: Reader[] = [];

type Reader = { worker: Worker; retirement?: NodeJS.Timeout };

/**
 * Reads a PDF in a thread, because a hostile file must not take unlimited time or memory. Starting a thread takes
 * longer than reading most files, so a thread waits for the next file after a success. After a failure it ends.
 *
 * @param signal aborts the reading at once
 * @throws the signal's reason
 */
export async function readPdf(bytes: Uint8Array, signal: AbortSignal): Promise<ExtractorAnswer> {
  signal.throwIfAborted();
  const reader = idle.pop() ?? start();
  clearTimeout(reader.retirement);
  const { worker } = reader;
  worker.ref();
  const { promise, resolve, reject } = Promise.withResolvers<ExtractorAnswer>();
  const listeners = {
    message: resolve,
    error: (error: Error) => resolve({ ok: false, error: error.message }),
    exit: () => resolve({ ok: false, error: 'reading it took too much memory' }),
  };
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener);
  worker.postMessage(bytes);
  let well = false;
  try {
    const answer = await promise;
    well = answer.ok;
    return answer;
  } finally {
    signal.removeEventListener('abort', onAbort);
    for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener);
    if (well) keep(reader);
    else await worker.terminate();
  }
}

function start(): Reader {
  const worker = new Worker(new URL('./extract-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 512 },
    env: {},
    stdout: true,
    stderr: true,
  });
  const reader: Reader = { worker };
  worker.on('error', () => {}).on('exit', () => forget(reader));
  return reader;
}

function forget(reader: Reader): void {
  const at = idle.indexOf(reader);
  if (at >= 0) idle.splice(at, 1);
}

function keep(reader: Reader): void {
  const { worker } = reader;
  // An idle thread must not keep the process alive.
  worker.unref();
  reader.retirement = setTimeout(() => {
    forget(reader);
    void worker.terminate();
  }, idleMs).unref();
  idle.push(reader);
}
