import type { Project } from '@playwright/test';
import { forWork } from './workers.ts';

/** What a user of the service does, end to end: the answer and what is in Postgres behind it. */
export const journey: Project = {
  name: 'journey',
  testDir: 'tests/journey',
  fullyParallel: true,
  ...forWork,
};
