import { z } from 'zod';

export const inferenceSettings = {
  /** Which model turns texts into vectors; MODEL_ID where none is named. */
  EMBEDDING_MODEL_ID: z.string().min(1).optional(),
};
