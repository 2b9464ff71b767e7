import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import { findBrowser } from '../../../fixtures/stack/optional/needs.ts';
import { skipWithout } from '../../../fixtures/stack/optional/skip.ts';

/**
 * Gives the tests of the file or group that calls this a chromium, which draws without a graphics card and without a
 * large /dev/shm: both are often missing where CI runs. Where there is no chromium, the tests are skipped.
 *
 * @returns the browser, for a test that runs
 */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined;
  const executablePath = findBrowser();
  test.beforeEach(({}, testInfo) => skipWithout(testInfo, 'browser'));
  test.beforeAll(async () => {
    const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
    if (executablePath !== undefined) browser = await chromium.launch({ executablePath, args });
  });
  test.afterAll(() => browser?.close());
  return () => browser as Browser;
}

/** A PNG of the page. A busy machine's first frame may not be ready when asked for: chromium then refuses, and is asked again. */
export async function picture(page: Page, clip?: { x: number; y: number; width: number; height: number }) {
  let png: Buffer = Buffer.alloc(0);
  await expect(async () => {
    png = await page.screenshot({ timeout: 5_000, ...(clip && { clip }) });
  }).toPass({ timeout: 20_000 });
  return png;
}
