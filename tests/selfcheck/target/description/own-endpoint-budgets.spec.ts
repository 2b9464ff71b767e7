import { expect, type TestInfo, test } from '@playwright/test';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { skipAsInconclusive } from '../../../../fixtures/stack/optional/skip.ts';
import type { outcomes } from '../../support/inline-run.ts';
import { endpoints, firstLine, runEndpoints, server } from '../../support/sales-endpoints.ts';

type Outcome = ReturnType<typeof outcomes>[number];

/** Nothing of this run may disturb a measurement. */
const alone = { lock: '-exclusive-', tag: '@slow' };
const saidBy = (test: Outcome | undefined): string =>
  [...(test?.annotations ?? []), ...(test?.errors ?? [])].join('\n');
/** On a busy machine the inner run has no verdict on a budget, as it should: what it measured was looked at before. */
const skipIfDisturbed = (testInfo: TestInfo, test: Outcome | undefined): void =>
  skipAsInconclusive(
    testInfo,
    /^(inconclusive|Error): endpoints\.\w+ is (inconclusive|invalid): the (machine was too busy|generator could not keep up)/m.test(
      saidBy(test),
    ),
    saidBy(test),
  );
const slowly = (ms: number): string =>
  `if (request.url === '/slow') [status, body] = await new Promise((answer) => setTimeout(answer, ${ms}, [200, {}]));`;

test.beforeEach(() => test.setTimeout(240_000));

test(
  'a slow endpoint breaks its budget: its test is red, and the first line names endpoint and budget',
  { ...requirement('OWN-09'), ...alone },
  async ({}, testInfo) => {
    const slow = "slow: { path: '/slow', budget: { p50Ms: 300 } }";
    const all = await runEndpoints(
      testInfo,
      ['performance'],
      [endpoints(slow), server(slowly(700))],
      'slow .*one request at a time',
    );
    const [only] = all;
    expect(only?.title).toBe('endpoint slow (GET /slow) answers within its budget, one request at a time');
    expect(saidBy(only)).toMatch(/p50Ms [\d.]+ ms \[[\d., ]+\], at most 300: fail/);
    skipIfDisturbed(testInfo, only);
    expect(only?.status, saidBy(only)).toBe('failed');
    expect(firstLine(only?.errors)).toBe('Error: endpoints.slow fails: p50Ms missed.');
  },
);

test(
  'an endpoint that answers fewer requests a second than its budget asks for is red',
  { ...requirement('OWN-09'), ...alone },
  async ({}, testInfo) => {
    const busy = "busy: { path: '/busy', budget: { perSecond: 20 } }";
    const oneByOne = server(
      "if (request.url === '/busy') [status, body] = await (globalThis.last = (globalThis.last ?? Promise.resolve()).then(() => new Promise((answer) => setTimeout(answer, 100, [200, {}]))));",
    );
    const all = await runEndpoints(testInfo, ['performance'], [endpoints(busy), oneByOne], 'busy .*load of');
    const [only] = all;
    expect(only?.title).toBe('endpoint busy (GET /busy) answers every request of a load of 20 a second');
    expect(saidBy(only)).toMatch(/perSecond [\d.]+ a second \[[\d., ]+\], at least 20: fail/);
    skipIfDisturbed(testInfo, only);
    expect(only?.status, saidBy(only)).toBe('failed');
    expect(firstLine(only?.errors)).toBe('Error: endpoints.busy fails: perSecond missed.');
  },
);
