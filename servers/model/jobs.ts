import type { z } from 'zod';
import type { Job } from './answer.ts';
import { ApiError } from './errors.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { chatRequest, completionRequest, GenerationFields } from './requests.ts';

export type Defaults = { seed: number; temperature: number };

/** A chat request as a job: the model's own template makes the prompt. Throws 400 when it does not fit the context. */
export function chatJob(body: z.infer<typeof chatRequest>, model: LoadedModel, defaults: Defaults): Job {
  if (!model.template)
    throw new ApiError(400, `The model '${body.model}' has no chat template; use /v1/completions.`, {
      code: 'no_chat_template',
      param: 'model',
    });
  const messages = body.messages.map(({ role, content }) => ({
    role: role === 'developer' ? 'system' : role,
    content,
  }));
  const prompt = model.tokenize(rendered(model.template, messages), true);
  const alternatives = body.logprobs ? (body.top_logprobs ?? 0) : undefined;
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? undefined;
  return { ...common(body, model, defaults, prompt, maxTokens, 'messages'), endpoint: 'chat', alternatives };
}

/** A completion request as a job; the prompt is taken as it is. */
export function completionJob(body: z.infer<typeof completionRequest>, model: LoadedModel, defaults: Defaults): Job {
  const prompt = model.tokenize(body.prompt, true);
  if (prompt.length === 0)
    throw new ApiError(400, "Invalid 'prompt': it must not be empty.", { code: 'invalid_value', param: 'prompt' });
  const alternatives = body.logprobs ?? undefined;
  return {
    ...common(body, model, defaults, prompt, body.max_tokens ?? undefined, 'prompt'),
    endpoint: 'completions',
    alternatives,
  };
}

function rendered(
  template: NonNullable<LoadedModel['template']>,
  messages: { role: string; content: string }[],
): string {
  try {
    return template(messages);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ApiError(400, `The model's chat template refuses these messages: ${why}`, {
      code: 'invalid_value',
      param: 'messages',
    });
  }
}

function common(
  body: GenerationFields,
  model: LoadedModel,
  defaults: Defaults,
  prompt: Uint32Array,
  maxTokens: number | undefined,
  param: string,
): Omit<Job, 'endpoint' | 'alternatives'> {
  const room = model.info.contextSize - prompt.length;
  if (room < 1) {
    const message =
      `This model's maximum context length is ${model.info.contextSize} tokens. ` +
      `Your ${param} take ${prompt.length} tokens and leave none for an answer. Please shorten them.`;
    throw new ApiError(400, message, { code: 'context_length_exceeded', param });
  }
  return {
    model,
    modelId: body.model,
    prompt,
    maxTokens: Math.min(maxTokens ?? room, room),
    stop: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
    sampling: {
      temperature: body.temperature ?? defaults.temperature,
      topP: body.top_p ?? 1,
      seed: body.seed ?? defaults.seed,
      presencePenalty: body.presence_penalty ?? 0,
      frequencyPenalty: body.frequency_penalty ?? 0,
      bias: biasOf(body, model),
    },
    choices: body.n ?? 1,
    reusePrefix: body.cache_prompt ?? true,
  };
}

function biasOf(body: GenerationFields, model: LoadedModel): Map<number, number> {
  const bias = new Map(Object.entries(body.logit_bias ?? {}).map(([token, value]) => [Number(token), value]));
  const unknown = [...bias.keys()].find((token) => token >= model.tokens);
  if (unknown !== undefined) {
    const message = `Invalid 'logit_bias': there is no token ${unknown}; this model has ${model.tokens}.`;
    throw new ApiError(400, message, { code: 'invalid_value', param: 'logit_bias' });
  }
  if (body.ignore_eos) for (const token of model.endTokens()) bias.set(token, Number.NEGATIVE_INFINITY);
  return bias;
}
