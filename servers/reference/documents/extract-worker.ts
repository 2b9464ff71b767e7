import { parentPort } from 'node:worker_threads';
import { extractText, getDocumentProxy } from 'unpdf';
import type { ExtractorAnswer } from './pdf-reader.ts';

parentPort?.on('message', async (bytes: Uint8Array) => parentPort?.postMessage(await read(bytes)));

async function read(bytes: Uint8Array): Promise<ExtractorAnswer> {
  try {
    const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
    const { text } = await extractText(pdf, { mergePages: false });
    await pdf.loadingTask.destroy();
    return { ok: true, pages: text };
  } catch (error) {
    // The reader's error message is not passed on, because it may quote the file.
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, error: message.replace(/\.$/, '').slice(0, 200) };
  }
}
