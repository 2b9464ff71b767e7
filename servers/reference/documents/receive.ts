import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { MultipartFile } from '@fastify/multipart';
import { ProblemError } from '../errors/problem.ts';
import { headBytes, type MediaType, mediaTypeOf } from './media.ts';
import { safeName } from './name.ts';

const partBytes = 1_024 * 1_024;

/** A completely received file. It has no name, so it disappears with its handle or with the process. */
export type Received = AsyncDisposable & {
  name: string;
  mediaType: MediaType;
  bytes: number;
  sha256: string;
  /** The bytes in parts of one mebibyte. */
  parts(): AsyncGenerator<Buffer>;
};

/**
 * Receives a streamed file, and holds only one piece of it in memory.
 *
 * @param part the form part, whose stream is read to its end or its limit
 * @throws ProblemError 413 over the limit, 415 for what is neither PDF nor text, 422 for an empty file; the
 *   connection's error if it is cut
 */
export async function receiveFile(part: MultipartFile, maxBytes: number): Promise<Received> {
  const file = await namelessFile();
  try {
    const hash = createHash('sha256');
    let head = Buffer.alloc(0);
    let bytes = 0;
    for await (const chunk of part.file as AsyncIterable<Buffer>) {
      if (head.length < headBytes) head = Buffer.concat([head, chunk]).subarray(0, headBytes);
      hash.update(chunk);
      bytes += chunk.length;
      await file.write(chunk);
    }
    if (part.file.truncated) throw tooLarge(maxBytes);
    if (bytes === 0) throw invalidFile('is empty');
    const mediaType = mediaTypeOf(head);
    if (!mediaType)
      throw new ProblemError(
        'unsupported_document',
        'The file is neither a PDF nor UTF-8 text, whatever it is called.',
      );
    return {
      name: safeName(part.filename),
      mediaType,
      bytes,
      sha256: hash.digest('hex'),
      async *parts() {
        for (let at = 0; at < bytes; at += partBytes) {
          const piece = Buffer.alloc(Math.min(partBytes, bytes - at));
          await file.read(piece, 0, piece.length, at);
          yield piece;
        }
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The problem for an invalid field of the form. */
export const invalidFile = (message: string, field = 'file'): ProblemError =>
  new ProblemError('invalid_request', `${field}: ${message}`, { extra: { errors: [{ field, message }] } });

export const tooLarge = (maxBytes: number): ProblemError =>
  new ProblemError('file_too_large', `A file may have at most ${maxBytes} bytes.`, { extra: { max_bytes: maxBytes } });

/** The file is unlinked before it is written, so that nothing is left behind if the process dies. */
async function namelessFile(): Promise<FileHandle> {
  const file = path.join(os.tmpdir(), `plumbline-upload-${randomUUID()}`);
  const handle = await open(file, 'wx+', 0o600);
  await unlink(file);
  return handle;
}
