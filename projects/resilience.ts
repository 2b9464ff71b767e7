import type { Project } from '@playwright/test';

/** Dependencies broken on purpose; a boot and a kill or two a test, hence the longer limit. */
export const resilience: Project = {
  name: 'resilience',
  testDir: 'tests/resilience',
  fullyParallel: true,
  timeout: 60_000,
};
