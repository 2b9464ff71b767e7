import { setTimeout as delay } from 'node:timers/promises';
import type { Backend } from '../backends/backend.ts';
import { ProblemError } from '../errors/problem.ts';
import { badResponse, brokenCall, statusProblem } from '../model/failures.ts';
import { type ListedModel, listModels, modelObject } from '../model/list.ts';
import { OpenAiError } from './errors.ts';
import { asObject, refusal } from './upstream.ts';

type Backends = readonly Backend[];

/** The models of every backend. @throws ProblemError 502, 503 or 504 */
export async function allModels(backends: Backends, signal: AbortSignal): Promise<ListedModel[]> {
  const started = performance.now();
  return listModels(backends, signal).catch((error: unknown) => {
    throw unreachable(error, signal, started);
  });
}

/** @throws OpenAiError 404 that names the existing models */
export async function oneModel(id: string, backends: Backends, signal: AbortSignal): Promise<ListedModel> {
  const models = await allModels(backends, signal);
  const found = models.find((model) => model.id === id);
  if (found) return found;
  const known = models.map((model) => `'${model.id}'`).join(', ');
  throw new OpenAiError(404, `The model '${id}' does not exist; there are: ${known}.`, {
    param: 'model',
    code: 'model_not_found',
  });
}

/**
 * Loads or unloads a model on every backend that lists it.
 *
 * @returns the model with its new state
 * @throws OpenAiError 404 for an unknown model, 501 if the model server does not support this
 */
export async function changeModel(
  id: string,
  verb: 'load' | 'unload',
  backends: Backends,
  signal: AbortSignal,
): Promise<ListedModel> {
  await oneModel(id, backends, signal);
  const serving = backends.filter((backend) => backend.serves(id));
  const changed = await Promise.all(serving.map((backend) => change(backend, id, verb, signal)));
  return serving.length === 1 ? (changed[0] as ListedModel) : oneModel(id, backends, signal);
}

async function change(backend: Backend, id: string, verb: string, signal: AbortSignal): Promise<ListedModel> {
  const started = performance.now();
  try {
    const path = `/v1/models/${encodeURIComponent(id)}/${verb}`;
    const { statusCode, headers, body } = await backend.request(path, { method: 'POST', signal });
    const text = await body.text();
    if (statusCode === 200) return modelObject.parse(asObject(text));
    if (statusCode >= 500 || statusCode === 429) throw statusProblem({ statusCode, headers }, text);
    if (statusCode !== 404 && statusCode !== 405) throw refusal(statusCode, text);
    if (text.includes('model_not_found')) throw refusal(statusCode, text);
    return await changeInRouter(backend, id, verb, signal);
  } catch (error) {
    throw unreachable(error, signal, started);
  }
}

const pollMs = 100;

/**
 * Only llama.cpp's router has these paths; most other servers have one model for their lifetime. It answers before the
 * model is loaded or unloaded, and refuses to do what is already done.
 */
async function changeInRouter(backend: Backend, id: string, verb: string, signal: AbortSignal): Promise<ListedModel> {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ model: id });
  const answer = await backend.request(`/models/${verb}`, { method: 'POST', headers: json, body, signal });
  await answer.body.dump();
  if (answer.statusCode === 404 || answer.statusCode === 405 || answer.statusCode === 501)
    throw new OpenAiError(501, `The model server cannot ${verb} models.`, { code: 'unsupported' });
  const wanted = verb === 'load' ? 'loaded' : 'unloaded';
  for (;;) {
    const model = await oneModel(id, [backend], signal);
    if (model['state'] === wanted) return model;
    if (model['state'] === 'failed') throw badResponse(`The model server could not ${verb} ${id}.`);
    await delay(pollMs, undefined, { signal });
  }
}

function unreachable(error: unknown, signal: AbortSignal, started: number): unknown {
  if (signal.reason instanceof ProblemError) return signal.reason;
  if (error instanceof OpenAiError) return error;
  return brokenCall(error, false, performance.now() - started);
}
