import { z } from 'zod';
import { integer } from '../settings.ts';

const share = (fallback: number) => z.coerce.number().min(0).max(1).default(fallback);

export const askSettings = {
  /** Passages that the model reads for one answer. */
  ASK_MAX_PASSAGES: integer(1, 50, 2),
  /** Limit of their words in total, which must fit into the model's context. */
  ASK_MAX_WORDS: integer(20, 100_000, 180),
  /** Sentences with less than this share of the best one's words are not shown to the model; 0 shows whole passages. */
  ASK_FOCUS: share(0.8),
  /** A passage needs at least this coverage of the question's words. */
  ASK_MIN_COVERAGE: share(0.4),
  /** A passage with at least this cosine similarity needs no matching words; 1 for never. Depends on the model. */
  ASK_MIN_SIMILARITY: share(1),
  /** The longest answer, in tokens. */
  ASK_MAX_TOKENS: integer(1, 8_192, 96),
};
