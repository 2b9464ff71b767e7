import { z } from 'zod';

/** Characters, not UTF-16 units: what JSON Schema's maxLength counts. */
const characters = (text: string): number => [...text].length;

/**
 * Text that Postgres can store and a model can read: valid Unicode without NUL.
 *
 * @param min characters; if positive, not all of them may be blank
 * @param max characters
 */
export const boundedText = (min: number, max: number) =>
  z
    .string()
    .refine((text) => min === 0 || text.trim().length > 0, 'must not be empty')
    .refine((text) => min <= 1 || characters(text) >= min, `must have at least ${min} characters`)
    .refine((text) => characters(text) <= max, `must have at most ${max} characters`)
    .refine((text) => !text.includes('\0'), 'must not contain NUL characters')
    .refine((text) => text.isWellFormed(), 'must be valid Unicode')
    .meta({
      minLength: min,
      maxLength: max,
      pattern: min === 0 ? '^[^\\u0000]*$' : '^[^\\u0000]*\\S[^\\u0000]*$',
    });
