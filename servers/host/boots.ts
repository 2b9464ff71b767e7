import type { BootOutcome, ProviderReport } from '../../fixtures/stack/lease/protocol.ts';

/** A thing booted once a run, whose outcome every caller shares. */
export interface Boot<Started extends { stop(): Promise<void> }, Value> {
  outcome(): Promise<BootOutcome<Value>>;
  /** The booted thing; throws when the boot failed. */
  started(): Promise<Started>;
  stop(): Promise<void>;
}

/**
 * @param start boots the dependency; called at most once, by the first caller.
 * @param summarise what callers in other processes get of it.
 */
export function createBoot<Started extends { stop(): Promise<void> }, Value>(
  start: () => Promise<Started>,
  summarise: (started: Started) => { value: Value; report: ProviderReport },
): Boot<Started, Value> {
  let booting: Promise<Started> | undefined;
  let reported = false;
  let stopped = false;
  const started = () => {
    // Nobody would end it.
    if (stopped && !booting) throw new Error('The stack host is ending.');
    booting ??= start();
    return booting;
  };
  return {
    started: async () => started(),
    async outcome() {
      try {
        return { ok: true, ...summarise(await started()) };
      } catch (error) {
        const first = !reported;
        reported = true;
        return { ok: false, error: error instanceof Error ? error.message : String(error), first };
      }
    },
    async stop() {
      stopped = true;
      const thing = await booting?.catch(() => undefined);
      await thing?.stop();
    },
  };
}
