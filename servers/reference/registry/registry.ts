import { ProblemError } from '../errors/problem.ts';
import type { Platform } from '../platform/platform.ts';
import type { PlatformServices } from '../services.ts';
import { cachedReads } from './cached.ts';
import type { ListQuery, RegisteredModel } from './schemas.ts';
import { servedIds } from './served.ts';
import { findById, findVersion, list } from './store.ts';

/** The model that a name in a request refers to: a registered one, or an id of the model server. */
export type ResolvedModel = Pick<RegisteredModel, 'name' | 'served_id' | 'parameters'> & { version: string | null };

export type Registry = ReturnType<typeof createRegistry>;

const registries = new WeakMap<Platform, Registry>();

/** The registry of a service, shared by reads and writes: reads must know if a write could not invalidate the cache. */
export function registryOf(services: PlatformServices): Registry {
  const registry = registries.get(services.platform) ?? createRegistry(services);
  registries.set(services.platform, registry);
  return registry;
}

/** Reads registered models through the cache, for the other capabilities. */
function createRegistry({ cache, config, model, platform }: PlatformServices) {
  const generations = cache.of<string>('registry_generation');
  const reads = cachedReads(cache.of('registry'), generations, config.REGISTRY_CACHE_TTL_SECONDS);
  const { knex } = platform;
  const byVersion = (name: string, version: string) =>
    reads.read(`version:${name}:${version}`, () => findVersion(knex, name, version));

  return {
    invalidate: reads.invalidate,
    byId: (id: string) => reads.read(`id:${id}`, () => findById(knex, id)),
    /** @param version `latest` or a version, as `findVersion` has it */
    byVersion,
    list: (query: ListQuery) => reads.read(`list:${JSON.stringify(query)}`, () => list(knex, query)),

    /**
     * Finds what to run for `name` (its latest version), `name:version`, or an id of the model server's.
     *
     * @throws ProblemError 404 `unknown_model`, 409 `model_disabled`; 503 if the model server does not answer
     */
    async resolve(reference: string, signal: AbortSignal): Promise<ResolvedModel> {
      const colon = reference.indexOf(':');
      const name = colon < 0 ? reference : reference.slice(0, colon);
      const { value: found } = await byVersion(name, colon < 0 ? 'latest' : reference.slice(colon + 1));
      if (found?.status === 'disabled')
        throw new ProblemError('model_disabled', `${found.name} ${found.version} is disabled.`);
      if (found) return found;
      if ((await servedIds(model, signal)).includes(reference))
        return { name: reference, version: null, served_id: reference, parameters: {} };
      throw new ProblemError('unknown_model', `No model is registered or served as ${JSON.stringify(reference)}.`, {
        extra: { model: reference },
      });
    },
  };
}
