import type { Rounds } from '../../../fixtures/load/baseline/compare.ts';
import { withReference } from '../../../fixtures/load/baseline/reference.ts';
import { roundsOf, WARMUP } from '../../../fixtures/load/baseline/rounds.ts';
import { startCalibrationServer } from '../../../fixtures/load/calibration/calibrate.ts';
import { loadOn, startServer } from './servers.ts';

const [ROUNDS, REQUESTS] = [12, 25];

/** A run on servers of its own, as every run of a real comparison has; every request takes `slower` of its time more. */
export async function slowedRuns(slower: number): Promise<Rounds> {
  await using reference = await startCalibrationServer();
  await using server = await startServer();
  // Awaited here: the servers are stopped when this function ends.
  return await withReference(reference.url, async ({ ask, took }) => {
    const size = { users: 1, rounds: ROUNDS * REQUESTS, warmup: WARMUP };
    const route = `/?work=15&slower=${slower}` as const;
    const { rows } = await loadOn(server.url).users({ ...size, between: ask }, { route });
    return roundsOf(rows, took, REQUESTS);
  });
}
