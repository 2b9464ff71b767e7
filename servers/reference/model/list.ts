import { z } from 'zod';
import type { Backend } from '../backends/backend.ts';
import { badResponse, statusProblem } from './failures.ts';

/** A model as a server lists it; only some servers have `state` and `details`. */
export type ListedModel = z.output<typeof modelObject>;

export const modelObject = z.looseObject({ id: z.string() });
const modelList = z.looseObject({ data: z.array(modelObject) });

/** A better state has a lower rank. A server without states has all its models loaded. */
const ranks = ['loaded', 'loading', 'unloading', 'unloaded', 'failed'];
const rank = ({ state }: ListedModel): number => Math.max(0, ranks.indexOf(String(state)));

/**
 * The models of all backends, each once and with its best state. With several backends, `backends` has the state on
 * each.
 *
 * @throws the error of the first backend, if none answered
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

/** llama.cpp's router has its own names for a model's state. */
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
