import os from 'node:os';
import { defineConfig } from '@playwright/test';
import { loadConfig } from './fixtures/config/index.ts';
import { resolveBudgets } from './projects/budgets.ts';
import { journey } from './projects/journey.ts';
import { performance } from './projects/performance.ts';
import { resilience } from './projects/resilience.ts';
import { selfcheck } from './projects/selfcheck.ts';
import { streaming } from './projects/streaming.ts';

// A bad setting stops the run here, before any process starts.
resolveBudgets(loadConfig().PLUMBLINE_BUDGETS);

export default defineConfig({
  projects: [journey, streaming, resilience, performance, selfcheck],
  globalSetup: './fixtures/stack/host/setup.ts',
  outputDir: 'test-results',
  // Tests mostly wait for servers: even two cores are busier, and done sooner, with two workers.
  workers: Math.max(2, Math.floor(os.availableParallelism() / 2)),
  // A shared machine may stand still for seconds: limits are for what hangs, and only a red test waits for them.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env['CI']),
  failOnFlakyTests: true,
  reporter: [
    ['list'],
    // Before the HTML report, which has the page that it attaches.
    ['./fixtures/reporters/performance.ts'],
    ['html', { open: 'never' }],
    ['./fixtures/reporters/latency.ts'],
    ['./fixtures/reporters/smoke.ts'],
    ['./fixtures/reporters/resilience.ts'],
    ['./fixtures/reporters/requirements.ts'],
  ],
});
