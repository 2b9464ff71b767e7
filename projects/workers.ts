import os from 'node:os';

/** Half as many as processors: services, models and databases work beside each worker. Two where there are two. */
const busy = Math.max(2, Math.floor(os.availableParallelism() / 2));

/** The most workers of any suite. */
export const mostWorkers = 2 * busy;

/** Whether the command line says how many workers: `--workers=4`, `-j 4`. It then holds for every suite. */
const asked = process.argv.some((argument) => /^(--workers|-j)(=|\d|$)/.test(argument));

/** A suite whose tests keep the processors busy. */
export const forWork: { workers?: number } = asked ? {} : { workers: busy };

/** A suite whose tests mostly wait: for deadlines, for recoveries, for processes to start and end. */
export const forWaiting: { workers?: number } = asked ? {} : { workers: mostWorkers };
