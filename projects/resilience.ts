import type { Project } from '@playwright/test';
import { forWaiting } from './workers.ts';

/** Dependencies broken on purpose. */
export const resilience: Project = {
  name: 'resilience',
  testDir: 'tests/resilience',
  fullyParallel: true,
  ...forWaiting,
};
