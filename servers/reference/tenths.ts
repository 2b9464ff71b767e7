/** Rounds to one decimal: as fine as a time in an answer or a log line is worth. */
export const tenths = (value: number): number => Math.round(value * 10) / 10;
