/** Numbers, dates and times as Postgres prints them, moved. All in UTC. */

const dayMs = 86_400_000;

/** Milliseconds since 1970; undefined for what is no date or timestamp (`infinity`, a time of day). */
export function timeOf(text: string): number | undefined {
  const [, date, time = '00:00:00'] = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d+)?))?/.exec(text) ?? [];
  const ms = date === undefined ? Number.NaN : Date.parse(`${date}T${time}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A moment as a value of a type: `date` loses its time. */
function timeText(ms: number, type: string): string {
  const text = new Date(ms).toISOString();
  if (type === 'date') return text.slice(0, 10);
  return `${text.slice(0, 19).replace('T', ' ')}${/with time zone/.test(type) ? '+00' : ''}`;
}

/** Moves a date or timestamp by milliseconds; dates by whole days. Anything else stays. */
export function movedTime(text: string, byMs: number, type: string): string {
  const at = timeOf(text);
  if (at === undefined) return text;
  return timeText(at + (type === 'date' ? Math.round(byMs / dayMs) * dayMs : byMs), type);
}

/** Decimals that a number has: 2 for `12.50`. */
export const decimalsOf = (text: string): number => text.split('.')[1]?.length ?? 0;

/** Back into a range, by as much as it was outside, so that its ends get no more than their share. */
export function reflected(value: number, low: number, high: number): number {
  const inside = value < low ? low + (low - value) : value > high ? high - (value - high) : value;
  return Math.min(high, Math.max(low, inside));
}

/** Values of a timestamp around a moment: on it, half a day and a day to either side. */
export function nearTimes(text: string, type: string): string[] {
  const at = timeOf(text);
  if (at === undefined) return [];
  return [...new Set([0, -0.5, 0.5, -1, 1, 2, -2].map((days) => timeText(at + days * dayMs, type)))];
}
