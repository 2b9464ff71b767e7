/** Rounds to one decimal, for times in answers and log lines. */
export const tenths = (value: number): number => Math.round(value * 10) / 10;
