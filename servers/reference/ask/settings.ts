import { z } from 'zod';
import { integer } from '../settings.ts';

const share = (fallback: number) => z.coerce.number().min(0).max(1).default(fallback);

export const askSettings = {
  /** Passages that the model reads for one answer. */
  ASK_MAX_PASSAGES: integer(1, 50, 2),
  /** Words that they may have together; belongs to the model's context. */
  ASK_MAX_WORDS: integer(20, 100_000, 180),
  /** Sentences with less than this share of the best one's words are not shown to the model; 0 shows whole passages. */
  ASK_FOCUS: share(0.8),
  /** Share of what a question asks that a passage must contain to be of any use. */
  ASK_MIN_COVERAGE: share(0.4),
  /** Cosine from which a passage is of use whatever its words are; belongs to the embedding model, 1 for never. */
  ASK_MIN_SIMILARITY: share(1),
  /** The longest answer, in tokens. */
  ASK_MAX_TOKENS: integer(1, 8_192, 96),
};
