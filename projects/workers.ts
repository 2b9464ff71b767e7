import os from 'node:os';

/** Half as many as processors: services, models and databases work beside each worker. Two where there are two. */
const busy = Math.max(2, Math.floor(os.availableParallelism() / 2));

/** The most workers of any suite. */
export const mostWorkers = 2 * busy;

/** Whether the command line says how many workers: `--workers=4`, `-j 4`. It then holds for every suite. */
const asked = process.argv.some((argument) => /^(--workers|-j)(=|\d|$)/.test(argument));

/** Whether the command line names one project: nothing else uses the time then in which its tests wait. */
const alone = process.argv.filter((argument) => /^--project(=|$)/.test(argument)).length === 1;

/** A suite whose tests keep the processors busy, but for a fifth of the time. */
export const forWork: { workers?: number } = asked ? {} : { workers: alone ? busy + 1 : busy };

/** A suite whose tests mostly wait: for deadlines, for recoveries, for processes to start and end. */
export const forWaiting: { workers?: number } = asked ? {} : { workers: mostWorkers };
