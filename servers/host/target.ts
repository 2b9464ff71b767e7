import type { Config } from '../../fixtures/config/index.ts';
import type { TargetLease } from '../../fixtures/stack/lease/protocol.ts';
import type { Provider, Run, Started } from '../../fixtures/stack/provider.ts';
import { attach } from '../../fixtures/target/attach.ts';
import { loadProfile } from '../../fixtures/target/profile/load.ts';
import { type Boot, createBoot } from './boots.ts';

/** The service at TARGET_URL: asked whether it is what the settings say, and never stopped. */
const attached = {
  async start(config: Config, { progress }: Pick<Run, 'progress'>): Promise<Started<TargetLease>> {
    const profile = await loadProfile(config.TARGET_PROFILE);
    const lease = await attach(config, profile, AbortSignal.timeout(config.PLUMBLINE_BOOT_TIMEOUT_MS));
    const { ms, url, models } = lease;
    progress(`attached to the service at TARGET_URL (${Math.round(ms)} ms), profile "${profile.name}"`);
    const detail = { url: new URL(url).origin, profile: config.TARGET_PROFILE, models: models.join(', ') };
    return { lease, report: { ms, detail }, stop: async () => {} };
  },
} satisfies Provider<Started<TargetLease>>;

/** The target of a run that does not start it, attached to by the first caller. */
export const bootAttached = (config: Config, run: Run): Boot<Started<TargetLease>> =>
  createBoot('target', async () => ({
    choice: { provider: 'attach', reason: 'TARGET_URL is set' },
    started: await attached.start(config, run),
  }));
