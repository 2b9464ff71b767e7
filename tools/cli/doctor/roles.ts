import type { Config } from '../../../fixtures/config/index.ts';
import { type Role, roleNames } from '../../../fixtures/config/roles.ts';
import { targetMode } from '../../../fixtures/config/target-mode.ts';
import { type Settled, settle } from '../../../fixtures/stack/registry.ts';
import { attach } from '../../../fixtures/target/attach.ts';
import { loadProfile } from '../../../fixtures/target/profile/load.ts';

/** What one dependency of a run would be, and whether that would do. */
export interface RoleFinding {
  readonly role: string;
  readonly provider: string;
  readonly reason: string;
  readonly usable: boolean;
  /** Why not, and what to do. */
  readonly problem?: string;
}

const attachMs = 3_000;

/** Every role of a run with these settings. Where a target is attached nothing else is booted. */
export async function rolesOf(
  config: Config,
  look = (role: Role): Promise<Settled<Role>> => settle(config, role, 'all'),
): Promise<RoleFinding[]> {
  if (config.TARGET_URL) return [await attachedTarget(config)];
  const roles = roleNames.map(async (role): Promise<RoleFinding> => {
    const { absence, ...settled } = await look(role);
    const finding = { role, ...settled, usable: absence === undefined };
    return absence ? { ...finding, problem: `${absence.problem}: ${absence.remedy}` } : finding;
  });
  return [...(await Promise.all(roles)), await startedTarget(config)];
}

async function startedTarget(config: Config): Promise<RoleFinding> {
  const role = { role: 'target', usable: true };
  if (targetMode(config) === 'reference')
    return { ...role, provider: 'start', reason: 'TARGET_URL is not set: the reference service' };
  const reason = `TARGET_PROFILE=${config.TARGET_PROFILE}, and TARGET_URL is not set`;
  try {
    const { start } = (await loadProfile(config.TARGET_PROFILE)).description;
    if (start) return { ...role, provider: 'command', reason };
    return {
      ...role,
      provider: 'command',
      reason,
      usable: false,
      problem: 'the description has no start, and TARGET_URL is not set',
    };
  } catch (error) {
    return { ...role, provider: 'command', reason, usable: false, problem: (error as Error).message };
  }
}

async function attachedTarget(config: Config): Promise<RoleFinding> {
  const role = { role: 'target', provider: 'attach', reason: 'TARGET_URL is set: nothing else is booted' };
  try {
    const profile = await loadProfile(config.TARGET_PROFILE);
    await attach(config, profile, AbortSignal.timeout(attachMs));
    return { ...role, usable: true };
  } catch (error) {
    return { ...role, usable: false, problem: (error as Error).message };
  }
}
