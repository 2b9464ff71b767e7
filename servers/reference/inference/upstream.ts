import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { TokenCounts } from '../model/calls.ts';
import { badResponse } from '../model/failures.ts';
import { inOpenAiWords } from './dialects.ts';
import { OpenAiError } from './errors.ts';

const count = z.number().int().nonnegative();
const usageSchema = z.object({ prompt_tokens: count.nullish(), completion_tokens: count.nullish() }).nullish();
const errorSchema = z.object({
  error: z.object({
    message: z.string(),
    type: z.string().nullish(),
    param: z.string().nullish(),
    code: z.union([z.string(), z.number().transform(String)]).nullish(),
  }),
});

/** Far above any text; the largest possible answer is 2048 embeddings of 4096 numbers. */
const maxAnswerBytes = 256 * 1024 * 1024;

/** @throws ProblemError 502 if it is larger than any valid answer */
export async function readWhole(body: Dispatcher.ResponseData['body']): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxAnswerBytes) throw badResponse(`The model server sent more than ${maxAnswerBytes} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Parses a JSON object. @throws ProblemError 502 if the text is not one */
export function asObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badResponse('The model server sent something that is not JSON.', error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badResponse('The model server sent JSON that is no object.');
  return value as Record<string, unknown>;
}

/** The usage in an answer or a chunk, if any. */
export function usageOf(answer: Record<string, unknown>): TokenCounts | undefined {
  const { data } = usageSchema.safeParse(answer['usage']);
  if (!data) return undefined;
  return { prompt_tokens: data.prompt_tokens ?? undefined, completion_tokens: data.completion_tokens ?? undefined };
}

/**
 * Turns a model server's refusal into an error for the caller. A refusal in OpenAI's shape is passed on. A wrong key or
 * a missing route is a misconfiguration of this service, so the caller gets a 502.
 *
 * @throws ProblemError 502
 */
export function refusal(status: number, body: string): OpenAiError {
  const { data } = errorSchema.safeParse(tryJson(body));
  const told = data && inOpenAiWords({ ...data.error, status });
  const ours = [401, 403, 405].includes(status) || (status === 404 && told?.code !== 'model_not_found');
  if (ours || !told) throw badResponse(`The model server answered HTTP ${status}.`);
  return new OpenAiError(told.status, told.message, { param: told.param ?? null, code: told.code ?? null });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
