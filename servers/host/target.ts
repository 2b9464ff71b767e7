import type { TargetLease } from '../../fixtures/stack/lease/protocol.ts';
import { attach } from '../../fixtures/target/attach.ts';
import { loadProfile } from '../../fixtures/target/profile/load.ts';
import { type Boot, createBoot } from './boots.ts';
import type { Context } from './dependencies.ts';

/** The service at TARGET_URL: asked by the first caller whether it is what the settings say, and never stopped. */
export function bootstrapTarget({
  config,
  progress,
}: Pick<Context, 'config' | 'progress'>): Boot<TargetLease & { stop(): Promise<void> }, TargetLease> {
  return createBoot(
    async () => {
      const profile = await loadProfile(config.TARGET_PROFILE);
      const target = await attach(config, profile, AbortSignal.timeout(config.PLUMBLINE_BOOT_TIMEOUT_MS));
      progress(`attached to the service at TARGET_URL (${Math.round(target.ms)} ms), profile "${profile.name}"`);
      return { ...target, stop: async () => {} };
    },
    ({ stop: _, ...target }) => ({
      value: target,
      report: {
        role: 'target',
        provider: 'attach',
        reason: 'TARGET_URL is set',
        ms: target.ms,
        detail: { url: new URL(target.url).origin, profile: config.TARGET_PROFILE, models: target.models.join(', ') },
      },
    }),
  );
}
