import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../errors/problem.ts';
import { invalidFile, type Received, receiveFile, tooLarge } from './receive.ts';

/** Allowance for the headers of the parts and the other fields. */
const formOverhead = 64 * 1_024;

type Form = { file: Received; scope: 'private' | 'shared' };

/**
 * Reads the form of an upload: one file, and `scope` before or after it.
 *
 * @throws ProblemError 400, 403, 413, 415 or 422; the file is discarded then
 */
export async function readForm(request: FastifyRequest, maxBytes: number): Promise<Form> {
  if (!request.isMultipart())
    throw new ProblemError('unsupported_media_type', 'The body must be a form, sent as multipart/form-data.');
  // With a content-length, a file that is too large is refused before its first byte is read.
  if (Number(request.headers['content-length'] ?? 0) > maxBytes + formOverhead) throw tooLarge(maxBytes);
  let file: Received | undefined;
  let scope: unknown = 'private';
  try {
    const limits = { fileSize: maxBytes, files: 1, fields: 4, fieldSize: 1_024, parts: 6 };
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') {
        if (part.fieldname !== 'scope') throw invalidFile('unknown field', part.fieldname);
        scope = part.value;
      } else file = await takeFile(part, maxBytes);
    }
    if (!file) throw invalidFile('is missing');
    if (scope !== 'private' && scope !== 'shared') throw invalidFile('must be private or shared', 'scope');
    if (scope === 'shared' && request.user.role !== 'admin')
      throw new ProblemError('forbidden', 'Only an admin may add to what everybody knows.');
    return { file, scope };
  } catch (error) {
    await file?.[Symbol.asyncDispose]();
    throw readable(error);
  }
}

async function takeFile(part: MultipartFile, maxBytes: number): Promise<Received> {
  if (part.fieldname !== 'file') throw invalidFile('unknown field', part.fieldname);
  return receiveFile(part, maxBytes);
}

/** The errors of the form reader as problems of this API. */
function readable(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'FST_FILES_LIMIT') return invalidFile('must be one file');
  if (code === 'FST_PARTS_LIMIT' || code === 'FST_FIELDS_LIMIT') return invalidFile('too many fields', 'body');
  if (code === 'FST_PROTO_VIOLATION') return invalidFile('unknown field', 'body');
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'FST_PREMATURE_CLOSE' || code === 'ECONNRESET')
    return new ProblemError('malformed_request', 'The upload broke off.', { cause: error });
  if (error instanceof Error && /multipart|unexpected end|boundary|malformed/i.test(error.message))
    return new ProblemError('malformed_request', 'The form cannot be read.', { cause: error });
  return error;
}
