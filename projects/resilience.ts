import type { Project } from '@playwright/test';

/** Dependencies broken on purpose. */
export const resilience: Project = {
  name: 'resilience',
  testDir: 'tests/resilience',
  fullyParallel: true,
};
