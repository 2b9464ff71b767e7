import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { Baseline } from '../../../fixtures/load/baseline/store.ts';
import { serve } from '../support/http-servers.ts';
import { outcomes, runInline } from '../support/inline-run.ts';

const models = JSON.stringify({ object: 'list', data: [{ id: 'm', object: 'model', created: 1, owned_by: 'test' }] });
const spec = (titles: readonly string[]): string => `
import { loadTest as test } from '$fixtures';
for (const title of ${JSON.stringify(titles)})
  test(title, ({ expectNoRegression }) => expectNoRegression({ title, rounds: 8, requests: 8 }, { route: '/v1/models' }));`;

test(
  'a regression fails the test, and a missing baseline or one of another machine skips it with what to do',
  {
    tag: '@slow',
  },
  async ({}, testInfo) => {
    await using service = await serve((_, response) =>
      response.setHeader('content-type', 'application/json').end(models),
    );
    const folder = testInfo.outputPath('baselines');
    const env = { TARGET_URL: service.url, PLUMBLINE_BASELINES: folder };

    const making = { ...env, PLUMBLINE_BASELINE_RUN: 'now' };
    const made = await runInline(
      testInfo,
      { 'make.spec.ts': spec(['kept']) },
      { env: making, args: ['--repeat-each=4'] },
    );
    expect(made.code, made.stdout + made.stderr).toBe(0);
    const kept = JSON.parse(await readFile(path.join(folder, 'kept.json'), 'utf8')) as Baseline;
    expect(kept).toMatchObject({ title: 'kept', made: 'now', stack: expect.stringContaining(service.url) });
    expect(kept.runs.map(({ rounds }) => rounds.length)).toEqual([8, 8, 8, 8]);

    const tenth = (pair: { ms: number; referenceMs: number }) => ({ ...pair, ms: pair.ms / 10 });
    const faster = kept.runs.map((run) => ({
      ...run,
      rounds: run.rounds.map(({ p10, p50 }) => ({ p10: tenth(p10), p50: tenth(p50) })),
    }));
    await mkdir(folder, { recursive: true });
    const keep = (title: string, changed: Partial<Baseline>) =>
      writeFile(path.join(folder, `${title}.json`), JSON.stringify({ ...kept, title, ...changed }));
    await keep('slower', { runs: faster });
    await keep('elsewhere', { machine: '64 × another processor' });
    const run = await runInline(testInfo, { 'compare.spec.ts': spec(['slower', 'elsewhere', 'missing']) }, { env });
    const results = new Map(outcomes(run).map((outcome) => [outcome.title, outcome]));
    const annotationsOf = (title: string): string => results.get(title)?.annotations.join('\n') ?? '';

    // While something else uses the machine, even that much may be noise.
    if (results.get('slower')?.status === 'skipped')
      expect(annotationsOf('slower')).toMatch(/runs at another speed|too noisy/);
    else {
      expect(results.get('slower')?.status).toBe('failed');
      expect(results.get('slower')?.errors.join()).toMatch(
        /slower: slower: at the tenth percentile \d+\.\d+ \[[\d., ]+\] times as long as before/,
      );
      expect(annotationsOf('slower'), 'it was found twice').toContain('attempt 2: slower');
    }
    expect(results.get('elsewhere')?.status).toBe('skipped');
    expect(annotationsOf('elsewhere')).toMatch(
      /of another machine \(64 × another processor\).*`npm run baseline` makes a baseline here/,
    );
    expect(results.get('missing')?.status).toBe('skipped');
    expect(annotationsOf('missing')).toContain('there is no baseline of missing');
    expect(annotationsOf('missing')).toContain('npm run baseline');
  },
);
