import { z } from 'zod';

export const inferenceSettings = {
  /** The embedding model; default MODEL_ID. */
  EMBEDDING_MODEL_ID: z.string().min(1).optional(),
};
