import type { z } from 'zod';
import type { Context } from './answer.ts';
import { ApiError } from './errors.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { embeddingRequest } from './requests.ts';

type Body = z.infer<typeof embeddingRequest>;

/** OpenAI's list of embeddings, in the order of the inputs. Throws 400 for a text that exceeds the context. */
export async function embeddingsAnswer(
  body: Body,
  model: LoadedModel,
  { metrics }: Context,
  gone: AbortSignal,
): Promise<unknown> {
  const inputs = typeof body.input === 'string' ? [body.input] : body.input;
  const tokens = inputs.map((text) => model.tokenize(text, false));
  const long = tokens.findIndex(({ length }) => length > model.info.contextSize);
  if (long >= 0) {
    throw new ApiError(
      400,
      `Input ${long} has ${tokens[long]?.length} tokens; the model's maximum is ${model.info.contextSize}.`,
      {
        code: 'context_length_exceeded',
        param: 'input',
      },
    );
  }
  const ended = metrics.began(body.model, 'embeddings');
  const vectors: Float64Array[] = [];
  try {
    for (const text of tokens) {
      if (gone.aborted) break;
      vectors.push(await model.embedder.embed(text));
    }
  } catch (error) {
    ended('error');
    throw error;
  }
  if (body.dimensions && body.dimensions !== vectors[0]?.length && !gone.aborted) {
    ended('error');
    throw new ApiError(400, `Invalid 'dimensions': this model's embeddings have ${vectors[0]?.length}.`, {
      code: 'invalid_value',
      param: 'dimensions',
    });
  }
  const total = tokens.reduce((sum, { length }) => sum + length, 0);
  metrics.tokens(body.model, { prompt: total, cached: 0, generated: 0 });
  ended(gone.aborted ? 'cancelled' : 'ok');
  const encode = body.encoding_format === 'base64' ? base64 : (vector: Float64Array) => [...vector];
  return {
    object: 'list',
    model: body.model,
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: encode(vector) })),
    usage: { prompt_tokens: total, total_tokens: total },
  };
}

/** Little-endian 32-bit floats, which is what OpenAI's own clients ask for. */
function base64(vector: Float64Array): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64');
}
