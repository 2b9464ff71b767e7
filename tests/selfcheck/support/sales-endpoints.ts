import { expect, type TestInfo } from '@playwright/test';
import { outcomes, runProject } from './inline-run.ts';
import { type Change, salesTarget } from './sales-target.ts';

const described = 'endpoints: {\n    health';
/** Adds endpoints to those of the example. */
export const endpoints = (...more: string[]): Change => [
  'plumbline.target.ts',
  described,
  described.replace('health', `${more.join(', ')}, health`),
];
const answers = "if (request.url === '/healthz')";
/** Adds a line to the example's server, where it decides on an answer. */
export const server = (line: string): Change => ['server.mjs', answers, `${line}\n      ${answers}`];

/** Runs the specs of own endpoints against the example with these changes; every test with what came of it. */
export async function runEndpoints(testInfo: TestInfo, projects: string[], changes: Change[], grep = '') {
  const args = [...projects.map((name) => `--project=${name}`), 'own-endpoints', ...(grep ? ['--grep', grep] : [])];
  const inner = await runProject(testInfo, args, await salesTarget(testInfo, ...changes));
  const all = outcomes(inner);
  expect(all.length, inner.stderr + inner.stdout).toBeGreaterThan(0);
  return all;
}

export const firstLine = (errors: readonly string[] | undefined): string => errors?.[0]?.split('\n')[0] ?? '';
