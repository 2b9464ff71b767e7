import type { Project } from '@playwright/test';
import { forWaiting } from './workers.ts';

/** The harness's tests of itself: plain functions, and whole runs of Playwright on inline specs. */
export const selfcheck: Project = {
  name: 'selfcheck',
  testDir: 'tests/selfcheck',
  fullyParallel: true,
  ...forWaiting,
  timeout: 90_000,
};
