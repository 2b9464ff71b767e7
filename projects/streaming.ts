import type { Project } from '@playwright/test';
import { forWork } from './workers.ts';

/** Server-sent events as they are on the wire. */
export const streaming: Project = {
  name: 'streaming',
  testDir: 'tests/streaming',
  fullyParallel: true,
  ...forWork,
};
