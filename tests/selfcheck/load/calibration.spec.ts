import { expect, test } from '@playwright/test';
import { calibrate, startCalibrationServer } from '../../../fixtures/load/calibration/calibrate.ts';
import { createLoad } from '../../../fixtures/load/load.ts';
import { loadJson, trust } from '../../../fixtures/load/report.ts';
import { standardCapability } from '../../../fixtures/target/profile/index.ts';

test('calibration measures what the harness adds to a request, and every report says how much', async () => {
  await using server = await startCalibrationServer();
  const calibration = await calibrate(server);
  const { overhead, n, processorShare } = calibration;
  expect(n).toBe(60);
  // The client cannot see an answer before the server has sent it. What a busy machine adds has no upper limit.
  expect(overhead.p50).toBeGreaterThan(0);
  expect(overhead.p50).toBeLessThanOrEqual(overhead.p95);
  expect(overhead.p95).toBeLessThanOrEqual(overhead.max);
  expect(processorShare).toBeGreaterThan(0);
  expect(processorShare).toBeLessThanOrEqual(1);

  const titles: string[] = [];
  const load = createLoad({
    baseUrl: server.url,
    headers: {},
    at: standardCapability,
    calibration: async () => calibration,
    onResult: async ({ title }) => void titles.push(title),
  });
  const result = await load.constant({ rate: 50, seconds: 0.6, warmup: 0.1 }, { route: '/?ms=20' });
  expect(titles).toEqual(['50 requests a second']);
  // Timers are late, and early by no more than their resolution.
  expect(result.service.atRank(1)).toBeGreaterThan(18);
  expect(trust(result)).toMatch(/^sent late by [\d.]+ ms at p99, event-loop lag .*known latency.*% of a processor$/);
  const { latency, harness } = loadJson(result);
  expect(latency).toMatchObject({ n: 30, p99: { high: null }, hdr: expect.stringMatching(/^HIST/) });
  expect(harness).toMatchObject({ calibration, lag: { n: 30 } });
});
