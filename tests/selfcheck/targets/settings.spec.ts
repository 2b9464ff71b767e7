import { expect, test } from '@playwright/test';
import { requirement } from '../../../fixtures/spec/requirements.ts';
import { skipWithout } from '../../../fixtures/stack/optional/skip.ts';
import { outcomes, runProject } from '../support/inline-run.ts';
import { copyTarget } from '../support/own-target.ts';

test.beforeEach(({}, testInfo) => {
  skipWithout(testInfo, 'python');
  test.setTimeout(240_000);
});

const run = ['--project=resilience', '--workers=2', 'resilience/rate-limit.spec', 'resilience/turned-settings'];
const titles = {
  limit: /^a caller over the rate limit is refused with 429/,
  timeout: /^a longer model timeout makes a service wait longer/,
  attempts: /^a service makes as many calls to its model servers/,
};

test(
  'the settings in a description are turned by tests, and a test whose setting is not there is skipped by its name',
  requirement('OWN-04', 'STACK-08'),
  async ({}, testInfo) => {
    const attempts = "    'model attempts': { ATTEMPTS: '{value}' },\n";
    const profile = copyTarget(testInfo, 'router', [['plumbline.target.ts', attempts, '']]);
    const inner = await runProject(testInfo, run, { TARGET_PROFILE: profile });
    const all = outcomes(inner);
    const statusOf = (title: RegExp) => all.find((one) => title.test(one.title))?.status;
    expect(statusOf(titles.limit), inner.stderr).toBe('passed');
    expect(statusOf(titles.timeout), inner.stderr).toBe('passed');
    const skipped = all.find((one) => titles.attempts.test(one.title));
    expect(skipped?.status).toBe('skipped');
    expect(skipped?.annotations).toContain(
      'skip: needs settings.model attempts: add `settings[\'model attempts\']` to the description of "router": the variable that sets how many calls to model servers are made for one request at most',
    );
    expect(inner.code, inner.stderr).toBe(0);
    // Nothing of the reference service boots for it.
    expect(inner.stderr).not.toMatch(/postgres|vectors|the reference service/);
  },
);

test(
  'a service that ignores its settings fails the tests that turn them, each for its own reason',
  requirement('OWN-04'),
  async ({}, testInfo) => {
    const profile = copyTarget(testInfo, 'router', [
      ['router.py', 'int(os.environ.get("RATE_LIMIT", "0"))', '0'],
      ['router.py', 'float(os.environ.get("ANSWER_SECONDS", "4"))', '2.0'],
      ['router.py', 'int(os.environ.get("ATTEMPTS", len(UPSTREAMS)))', 'len(UPSTREAMS)'],
    ]);
    const inner = await runProject(testInfo, run, { TARGET_PROFILE: profile });
    const firstLineOf = (title: RegExp) =>
      outcomes(inner)
        .find((one) => title.test(one.title) && one.status === 'failed')
        ?.errors[0]?.split('\n')[0];
    expect(firstLineOf(titles.limit), inner.stderr).toContain('requests refused with 429, of 16 with a limit of 5');
    expect(firstLineOf(titles.timeout), inner.stderr).toContain(
      'ms that a service with a model timeout of 4000 ms waits longer than one with 500 ms',
    );
    expect(firstLineOf(titles.attempts), inner.stderr).toContain('calls for one request with model attempts set to 1');
  },
);
