import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { badResponse, statusProblem } from './failures.ts';

const count = z.number().int().nonnegative();
const embeddingsSchema = z.object({
  data: z.array(z.object({ index: count, embedding: z.array(z.number()).min(1) })),
  usage: z.object({ prompt_tokens: count, total_tokens: count }),
});

export type Embeddings = { vectors: number[][]; usage: z.output<typeof embeddingsSchema>['usage'] };

/**
 * Reads an answer of `/v1/embeddings`.
 *
 * @param expected how many texts were sent
 * @returns the vectors in the order of the texts
 * @throws ProblemError 422, 502, 503 or 504 if the answer is not valid
 */
export async function readEmbeddings(response: Dispatcher.ResponseData, expected: number): Promise<Embeddings> {
  const text = await response.body.text();
  if (response.statusCode !== 200) throw statusProblem(response, text);
  const answer = embeddingsSchema.safeParse(parsed(text));
  if (!answer.success) throw badResponse('The model server sent no list of embeddings.', answer.error);
  const { data, usage } = answer.data;
  const vectors = data.sort((a, b) => a.index - b.index).map(({ embedding }) => embedding);
  if (vectors.length !== expected)
    throw badResponse(`The model server sent ${vectors.length} embeddings for ${expected} texts.`);
  return { vectors, usage };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
