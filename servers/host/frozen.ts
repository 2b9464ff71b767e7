import { isFrozen } from '../../fixtures/stack/family.ts';

/** How often is looked, in milliseconds. Elsewhere than on Linux a look is dear. */
export const lookMs = process.platform === 'linux' ? 1_000 : 5_000;
const looks = 3;

/**
 * Tells, asked every `lookMs`, that a process has been frozen for a while in which we were not: so nobody pressed
 * Ctrl-Z, and nobody will let it go on.
 */
export function frozenWatch(): (pid: number) => boolean {
  const times = new Map<number, number>();
  return (pid) => {
    const count = isFrozen(pid) ? (times.get(pid) ?? 0) + 1 : 0;
    times.set(pid, count);
    return count >= looks;
  };
}

/** How an end is told that came of it. */
export const whyFrozen = ' after something had frozen it (SIGSTOP)';
