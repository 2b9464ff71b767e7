import { dependencyProblem, ProblemError } from '../errors/problem.ts';
import type { ModelClient } from '../model/client.ts';

/**
 * The ids that the model server serves.
 *
 * @throws ProblemError 503 if it does not answer
 */
export async function servedIds(model: ModelClient, signal: AbortSignal): Promise<string[]> {
  try {
    return await model.listModels(signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ProblemError) throw error;
    throw dependencyProblem('model_unavailable', 'model', 'The model server could not be asked what it serves.', {
      cause: error,
    });
  }
}

/** @throws ProblemError 422 naming `served_id` if the model server does not serve it */
export async function requireServed(model: ModelClient, servedId: string, signal: AbortSignal): Promise<void> {
  const known = await servedIds(model, signal);
  if (known.includes(servedId)) return;
  const message = 'is not served by the model server';
  throw new ProblemError('invalid_request', `served_id: ${servedId} ${message}; served are: ${known.join(', ')}.`, {
    extra: { errors: [{ field: 'served_id', message }] },
  });
}
