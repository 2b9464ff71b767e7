import { type StartedCache, startCache } from '../../fixtures/stack/cache/index.ts';
import { chooseProviders } from '../../fixtures/stack/choice.ts';
import type { Processes } from '../../fixtures/stack/lease/processes.ts';
import type { CacheLease, VectorsLease } from '../../fixtures/stack/lease/protocol.ts';
import { type StartedVectors, startVectors } from '../../fixtures/stack/vectors/index.ts';
import { type Boot, createBoot } from './boots.ts';
import type { Context } from './dependencies.ts';

/** The vector store of the run, booted by the first caller. */
export function bootstrapVectors(
  { config, runDir, progress, own }: Context,
  processes: Processes,
): Boot<StartedVectors, VectorsLease> {
  return createBoot(
    () =>
      startVectors({
        ...chooseProviders(config).vectors,
        url: config.VECTOR_DATABASE_URL,
        image: config.POSTGRES_IMAGE,
        cacheDir: config.PLUMBLINE_CACHE_DIR,
        runDir,
        timeoutMs: config.PLUMBLINE_BOOT_TIMEOUT_MS,
        processes,
        progress,
        own,
      }),
    ({ url, schemaPrefix, report }) => ({ value: { url, schemaPrefix }, report: { role: 'vectors', ...report } }),
  );
}

/** The cache server of the run, if there is any, booted by the first caller. */
export function bootstrapCache(
  { config, runDir, progress, own }: Context,
  processes: Processes,
): Boot<StartedCache, CacheLease> {
  return createBoot(
    () =>
      startCache({
        ...chooseProviders(config).cache,
        asked: config.PLUMBLINE_CACHE !== 'auto',
        url: config.CACHE_URL,
        image: config.CACHE_IMAGE,
        runDir,
        timeoutMs: config.PLUMBLINE_BOOT_TIMEOUT_MS,
        processes,
        progress,
        own,
      }),
    ({ url, report }) => ({ value: url === undefined ? {} : { url }, report: { role: 'cache', ...report } }),
  );
}
