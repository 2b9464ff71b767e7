import { JobFailure } from '../jobs/jobs.ts';
import { decodeText, type MediaType } from './media.ts';
import { readPdf } from './pdf-reader.ts';

export type Extracted = { text: string; pages: number | null };

type Limits = { timeoutMs: number; maxCharacters: number; signal: AbortSignal };

/**
 * Extracts the text of a file.
 *
 * @throws JobFailure if there is none: a broken PDF, a PDF of pictures only, bytes that are not text
 */
export async function extractText(bytes: Uint8Array, mediaType: MediaType, limits: Limits): Promise<Extracted> {
  const extracted = mediaType === 'application/pdf' ? await fromPdf(bytes, limits) : readPlain(bytes);
  // Postgres cannot store NUL in a text.
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

async function fromPdf(bytes: Uint8Array, { timeoutMs, signal }: Limits): Promise<Extracted> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new JobFailure('unreadable_pdf', `The PDF was not read within ${timeoutMs} ms.`)),
    timeoutMs,
  );
  try {
    const answer = await readPdf(bytes, AbortSignal.any([signal, late.signal]));
    if (!answer.ok) throw new JobFailure('unreadable_pdf', `The PDF cannot be read: ${answer.error}.`);
    return { text: answer.pages.join('\n\n'), pages: answer.pages.length };
  } finally {
    clearTimeout(timer);
  }
}
