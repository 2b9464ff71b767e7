import { parentPort, workerData } from 'node:worker_threads';
import { extractText, getDocumentProxy } from 'unpdf';
import type { ExtractorAnswer } from './extract.ts';

parentPort?.postMessage(await read(workerData as Uint8Array));

async function read(bytes: Uint8Array): Promise<ExtractorAnswer> {
  try {
    const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
    const { text } = await extractText(pdf, { mergePages: false });
    return { ok: true, pages: text };
  } catch (error) {
    // What a reader says of a file may quote the file.
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, error: message.replace(/\.$/, '').slice(0, 200) };
  }
}
