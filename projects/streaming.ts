import type { Project } from '@playwright/test';

/** Server-sent events as they are on the wire. */
export const streaming: Project = {
  name: 'streaming',
  testDir: 'tests/streaming',
  fullyParallel: true,
};
