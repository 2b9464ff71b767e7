import { z } from 'zod';
import type { Backend } from '../backends/backend.ts';
import { badResponse, statusProblem } from './failures.ts';

/** A model as a server describes it; `state` and `details` are what some servers add. */
export type ListedModel = z.output<typeof modelObject>;

export const modelObject = z.looseObject({ id: z.string() });
const modelList = z.looseObject({ data: z.array(modelObject) });

/** The better the state, the lower; a server that tells none has what it lists. */
const ranks = ['loaded', 'loading', 'unloading', 'unloaded', 'failed'];
const rank = ({ state }: ListedModel): number => Math.max(0, ranks.indexOf(String(state)));

/**
 * What the backends list, each model once, in its best state; where there are several backends, `backends` has the
 * state on each.
 *
 * @throws what the first backend's call threw, when none of them answered
 */
export async function listModels(backends: readonly Backend[], signal: AbortSignal): Promise<ListedModel[]> {
  const asked = await Promise.allSettled(backends.map((backend) => listOf(backend, signal)));
  const failed = asked.find((outcome) => outcome.status === 'rejected');
  const lists = asked.flatMap((outcome, index) =>
    outcome.status === 'fulfilled' ? [{ backend: backends[index]?.id ?? '', models: outcome.value }] : [],
  );
  if (lists.length === 0) throw failed?.reason;
  const ids = new Set(lists.flatMap(({ models }) => models.map(({ id }) => id)));
  return [...ids].map((id) => {
    const found = lists.flatMap(({ backend, models }) =>
      models.filter((model) => model.id === id).map((model) => ({ backend, model })),
    );
    const [best] = found.map(({ model }) => model).sort((a, b) => rank(a) - rank(b)) as [ListedModel];
    if (backends.length === 1) return best;
    return {
      ...best,
      backends: Object.fromEntries(found.map(({ backend, model }) => [backend, model['state'] ?? 'listed'])),
    };
  });
}

/** llama.cpp's router tells the state of a model in words of its own. */
function withState(model: ListedModel): ListedModel {
  const { status, state } = model as { status?: { value?: unknown; failed?: unknown }; state?: unknown };
  if (state !== undefined || typeof status?.value !== 'string') return model;
  return { ...model, state: status.failed === true ? 'failed' : status.value };
}

async function listOf(backend: Backend, signal: AbortSignal): Promise<ListedModel[]> {
  const response = await backend.request('/v1/models', { signal });
  const text = await response.body.text();
  if (response.statusCode !== 200) throw statusProblem(response, text);
  try {
    return modelList.parse(JSON.parse(text)).data.map(withState);
  } catch (error) {
    throw badResponse('The model server sent no list of models.', error);
  }
}
