import { fileURLToPath } from 'node:url';
import type { TestInfo } from '@playwright/test';
import type { PerformanceReport } from '../../../../fixtures/reporters/performance/schema.ts';
import { project, type ReportedRun } from '../../support/reported-run.ts';

const samples = JSON.stringify(fileURLToPath(new URL('./samples.ts', import.meta.url)));

/** The beginning of an inline spec of loads: `send` attaches a load and its verdict, as the fixtures do. */
const header = `
import { test, expect } from '@playwright/test';
import { compared, judged, sampled, saturation } from ${samples};
const contentType = 'application/json';
const attach = (name, data) => test.info().attach(name, { contentType, body: JSON.stringify(data) });
let sent = 0;
const send = async (options, budgets, { superseded = false, change = (load) => load } = {}) => {
  const one = sampled(options);
  await attach(\`load \${(sent += 1)}: \${options.title}\`, change(one.load));
  if (budgets) await attach(\`verdict: \${options.title}\`, judged(one, 'endpoint', budgets, superseded));
};
`;

/** A project whose reporters are those that add up what tests attached. */
export const performanceProject = (testInfo: TestInfo, specs: Record<string, string>, config = '') =>
  project(testInfo, Object.fromEntries(Object.entries(specs).map(([name, text]) => [name, `${header}${text}`])), {
    config,
    reporters: `['$root/fixtures/reporters/performance.ts', { outputFile: 'performance.json' }],
    ['html', { open: 'never', outputFolder: 'html' }],
    ['$root/fixtures/reporters/resilience.ts', { outputFile: 'faults.json' }],
    ['$root/fixtures/reporters/smoke.ts'],`,
  });

export const reportOf = ({ json }: ReportedRun) => json<PerformanceReport>('performance.json');
