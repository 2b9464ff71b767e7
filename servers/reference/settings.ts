import { z } from 'zod';

/** A whole number within bounds. */
export const integer = (min: number, max: number, fallback: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback);

/** A duration of at most ten minutes. */
export const milliseconds = (fallback: number) => integer(1, 600_000, fallback);

/** A duration in seconds of at most a year. */
export const seconds = (fallback: number) => integer(1, 31_536_000, fallback);

/** `true` or `false`, in words. */
export const flag = (fallback: boolean) => z.stringbool().default(fallback);

export const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'a postgres:// URL');

/**
 * A variable that holds JSON.
 *
 * @param shape description of the value, for the error message
 */
export const json = <T extends z.ZodType>(shape: string, schema: T) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.issues.push({ code: 'custom', message: shape, input: text });
        return z.NEVER;
      }
    })
    .pipe(schema);
