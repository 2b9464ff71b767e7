import { integer, milliseconds } from '../settings.ts';

export const documentSettings = {
  /** The largest file. */
  DOCUMENT_MAX_BYTES: integer(1, 1_073_741_824, 50 * 1_024 * 1_024),
  /** The largest text of one document, in characters. */
  DOCUMENT_MAX_CHARACTERS: integer(1_000, 50_000_000, 5_000_000),
  /** Time limit of extracting the text of one PDF. */
  DOCUMENT_EXTRACT_TIMEOUT_MS: milliseconds(60_000),
  /** Documents that are indexed at once. */
  DOCUMENT_CONCURRENCY: integer(1, 64, 2),
  /** Words per chunk. Two chunks fit into what the model reads for one answer. */
  DOCUMENT_CHUNK_WORDS: integer(10, 2_000, 60),
};
