import type { Rounds } from '../../../fixtures/load/baseline/compare.ts';
import { createRandom } from '../../../seed/databases/random.ts';

/**
 * Makes runs as a shared machine does. Each run is off by a percent or two as a whole. The speed of the processor drifts,
 * for the requests and for the reference work. Neighbours are correlated (a first-order autoregressive process). Now and
 * then something else takes the processor for some rounds, and the reference work feels part of it.
 *
 * @returns makes the next run, in which every request takes `slowdown` times as long
 */
export function noisyRuns(seed: number): (slowdown?: number) => Rounds {
  const random = createRandom(seed, 'noise');
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return (slowdown = 1) => {
    const whole = 0.012 * normal();
    const today = 0.15 * normal();
    let [alike, drift, disturbed] = [0, 0, 0];
    return Array.from({ length: 15 }, () => {
      alike = 0.6 * alike + 0.012 * normal();
      drift += 0.01 * normal();
      disturbed = random.next() < 0.06 ? 0.5 * random.next() : disturbed * 0.5;
      const machine = today + drift;
      const pair = (of: number) => ({
        ms: 2 * slowdown * Math.exp(machine + whole + alike + disturbed * of),
        referenceMs: Math.exp(machine + 0.008 * normal() + disturbed * random.next() * of),
      });
      return { p10: pair(0.2), p50: pair(1) };
    });
  };
}
