import { Worker } from 'node:worker_threads';
import { JobFailure } from '../jobs/jobs.ts';
import { decodeText, type MediaType } from './media.ts';

export type Extracted = { text: string; pages: number | null };
export type ExtractorAnswer = { ok: true; pages: string[] } | { ok: false; error: string };

type Limits = { timeoutMs: number; maxCharacters: number; signal: AbortSignal };

/**
 * The text of a file.
 *
 * @throws JobFailure where there is none: a broken PDF, one of pictures only, text that is no text
 */
export async function extractText(bytes: Uint8Array, mediaType: MediaType, limits: Limits): Promise<Extracted> {
  const extracted = mediaType === 'application/pdf' ? await readPdf(bytes, limits) : readPlain(bytes);
  // Postgres's text cannot hold NUL.
  const text = extracted.text.replaceAll('\0', '').toWellFormed().trim();
  if (text === '') throw new JobFailure('no_text', 'There is no text in the document.');
  if (text.length > limits.maxCharacters)
    throw new JobFailure('text_too_long', `The document has more than ${limits.maxCharacters} characters of text.`);
  return { text, pages: extracted.pages };
}

function readPlain(bytes: Uint8Array): Extracted {
  const text = decodeText(bytes);
  if (text === undefined) throw new JobFailure('not_text', 'The document is not UTF-8 text throughout.');
  return { text, pages: null };
}

/** In a thread of its own: a PDF is a program, and a hostile one must take no more than its time and memory. */
async function readPdf(bytes: Uint8Array, { timeoutMs, signal }: Limits): Promise<Extracted> {
  const worker = new Worker(new URL('./extract-worker.ts', import.meta.url), {
    workerData: bytes,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
    env: {},
    stdout: true,
    stderr: true,
  });
  const { promise, resolve, reject } = Promise.withResolvers<ExtractorAnswer>();
  const late = setTimeout(
    () => reject(new JobFailure('unreadable_pdf', `The PDF was not read within ${timeoutMs} ms.`)),
    timeoutMs,
  );
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  worker.once('message', resolve);
  worker.once('error', (error) => resolve({ ok: false, error: error.message }));
  worker.once('exit', () => resolve({ ok: false, error: 'reading it took too much memory' }));
  try {
    const answer = await promise;
    if (!answer.ok) throw new JobFailure('unreadable_pdf', `The PDF cannot be read: ${answer.error}.`);
    return { text: answer.pages.join('\n\n'), pages: answer.pages.length };
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}
