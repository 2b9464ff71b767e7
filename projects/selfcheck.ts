import type { Project } from '@playwright/test';
import { forWaiting } from './workers.ts';

const ours: Project = { fullyParallel: true, ...forWaiting, timeout: 90_000 };

/** The harness's tests of itself: plain functions, and whole runs of Playwright on inline specs. */
export const selfcheck: Project = { ...ours, name: 'selfcheck', testDir: 'tests/selfcheck' };

/** Tests of the two products that the harness brings along: the reference service and the bundled model server. */
export const servers: Project = { ...ours, name: 'servers', testDir: 'tests/servers' };
