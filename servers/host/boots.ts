import type { Config } from '../../fixtures/config/index.ts';
import { type Role, roleNames } from '../../fixtures/config/roles.ts';
import type { BootOutcome, ProviderReport } from '../../fixtures/stack/lease/protocol.ts';
import type { Run, Started } from '../../fixtures/stack/provider.ts';
import { providerOf, type StartedRoles, settle } from '../../fixtures/stack/registry.ts';

/** Something booted once a run, whose outcome every caller shares. */
export interface Boot<S extends Started<unknown>> {
  outcome(): Promise<BootOutcome<S['lease']>>;
  /** What was booted; throws when the boot failed. */
  started(): Promise<S>;
  stop(): Promise<void>;
}

/** Every role of the stack, each booted by the first caller. */
export type Boots = { readonly [R in Role]: Boot<StartedRoles[R]> };

export function createBoots(config: Config, run: Run): Boots {
  const bootOf = <R extends Role>(role: R): Boot<StartedRoles[R]> =>
    createBoot<StartedRoles[R]>(role, async () => {
      const choice = await settle(config, role);
      const signal = AbortSignal.timeout(config.PLUMBLINE_BOOT_TIMEOUT_MS);
      return { choice, started: await providerOf(role, choice).start(config, { ...run, signal }) };
    });
  return Object.fromEntries(roleNames.map((role) => [role, bootOf(role)])) as unknown as Boots;
}

interface Booted<S> {
  choice: { provider: string; reason: string };
  started: S;
}

/** @param start called at most once, by the first caller */
export function createBoot<S extends Started<unknown>>(
  role: ProviderReport['role'],
  start: () => Promise<Booted<S>>,
): Boot<S> {
  let booting: Promise<Booted<S>> | undefined;
  let reported = false;
  let stopped = false;
  const booted = () => {
    // Nothing would end it.
    if (stopped && !booting) throw new Error('The stack host is ending.');
    booting ??= start();
    return booting;
  };
  return {
    started: async () => (await booted()).started,
    async outcome() {
      try {
        const { choice, started } = await booted();
        const { ms, because, detail } = started.report;
        const reason = because ? `${choice.reason}; ${because}` : choice.reason;
        return {
          ok: true,
          value: started.lease,
          report: { role, provider: choice.provider, reason, ms, detail: { ...detail } },
        };
      } catch (error) {
        const first = !reported;
        reported = true;
        return { ok: false, error: error instanceof Error ? error.message : String(error), first };
      }
    },
    async stop() {
      stopped = true;
      await (await booting?.catch(() => undefined))?.started.stop();
    },
  };
}
