import type { Bundles } from '../../fixtures/stack/bundle/index.ts';
import type { SpawnOptions, SpawnOutcome } from '../../fixtures/stack/lease/protocol.ts';
import type { Processes } from '../../fixtures/stack/provider.ts';

/** Spawns children. A kind that has failed before gets the same failure without another try. */
export function createSpawner(
  processes: Processes,
  bundles: Bundles,
): (options: SpawnOptions) => Promise<SpawnOutcome> {
  const failures = new Map<string, string>();
  return async (options) => {
    const known = options.kind === undefined ? undefined : failures.get(options.kind);
    if (known !== undefined) return { ok: false, error: known, first: false };
    try {
      return { ok: true, value: await processes.spawn(await bundled(options, bundles)) };
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      // Workers that boot at the same time fail at the same time: only one of them is the first.
      const first = options.kind === undefined || !failures.has(options.kind);
      if (options.kind !== undefined) failures.set(options.kind, error);
      return { ok: false, error, first };
    }
  };
}

/** The same script as one bundled file, where that is allowed. */
async function bundled(options: SpawnOptions, bundles: Bundles): Promise<SpawnOptions> {
  const [script, ...args] = options.args;
  if (options.bundled === undefined || script === undefined) return options;
  const covered = Boolean(options.env['NODE_V8_COVERAGE'] || process.env['NODE_V8_COVERAGE']);
  const start = await bundles.of(script, options.bundled, covered);
  return { ...options, args: [...start.flags, start.script, ...args], env: { ...start.env, ...options.env } };
}
