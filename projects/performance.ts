import type { Project } from '@playwright/test';

/** Measurements: one worker, never retried, because a second try is another sample, not a better one. */
export const performance: Project = {
  name: 'performance',
  testDir: 'tests/performance',
  workers: 1,
  retries: 0,
  timeout: 120_000,
};
