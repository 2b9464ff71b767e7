import type { Random } from './random.ts';

const day = 86_400_000;
const first = Date.UTC(2019, 0, 1);
const last = Date.UTC(2025, 11, 31);

/** First and last days of years and months, and a leap day: where `>`, `>=` and half-open ranges part. */
export const boundaryDates = [
  '2019-01-01',
  '2020-02-29',
  '2020-12-31',
  '2021-01-01',
  '2021-06-30',
  '2021-12-31',
  '2022-01-01',
  '2022-03-31',
  '2022-07-01',
  '2022-12-31',
  '2023-01-01',
  '2023-02-28',
  '2023-03-01',
  '2023-06-01',
  '2023-06-15',
  '2023-12-31',
  '2024-01-01',
  '2024-01-31',
  '2024-02-29',
  '2024-03-01',
  '2024-03-15',
  '2024-03-31',
  '2024-04-01',
  '2024-05-31',
  '2024-06-01',
  '2024-06-30',
  '2024-07-01',
  '2024-12-31',
  '2025-01-01',
  '2025-06-30',
  '2025-12-31',
] as const;

/** `YYYY-MM-DD` of an instant in UTC. */
function isoDate(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** A day (`YYYY-MM-DD`) between two days, both included. */
export function dateBetween(random: Random, from: string | number = first, to: string | number = last): string {
  const low = Math.floor(new Date(from).getTime() / day);
  const high = Math.floor(new Date(to).getTime() / day);
  return isoDate(random.int(low, Math.max(low, high)) * day);
}

/** `date` moved by some days, never past the last day of the seeded years. */
export function daysAfter(date: string, days: number): string {
  return isoDate(Math.min(new Date(date).getTime() + days * day, last));
}

/**
 * Draws values that do not repeat, so that ORDER BY ... LIMIT has one right answer.
 * @param draw is called again while it repeats itself
 */
export function distinct<T>(draw: () => T): () => T {
  const seen = new Set<T>();
  return () => {
    for (let tries = 0; tries < 10_000; tries++) {
      const value = draw();
      if (seen.has(value)) continue;
      seen.add(value);
      return value;
    }
    throw new Error(`no new value after 10,000 draws; ${seen.size} were drawn before: widen the range`);
  };
}

/** The fixed `planned` values first, in random places, then draws: bounds that questions use must occur. */
export function withPlanned<T>(random: Random, planned: readonly T[], rows: number, draw: () => T): T[] {
  const free = Array.from({ length: Math.max(0, rows - planned.length) }, draw);
  return random.shuffle([...planned, ...free]).slice(0, rows);
}

/** Money or weight as Postgres's numeric text with two decimals; amounts are counted in hundredths. */
export function decimal(hundredths: number): string {
  return (Math.round(hundredths) / 100).toFixed(2);
}

/** Hundredths, spread evenly over magnitudes: many cheap things, few dear ones. */
export function logUniform(random: Random, low: number, high: number): number {
  return Math.round(Math.exp(Math.log(low) + random.next() * (Math.log(high) - Math.log(low))));
}
