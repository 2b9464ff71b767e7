import { existsSync } from 'node:fs';
import { type Browser, chromium, expect, type Page } from '@playwright/test';

const executable = [
  chromium.executablePath(),
  ...['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`),
].find((path) => existsSync(path));

/** Why looks cannot be checked here, or false where they can. */
export const noBrowser = executable ? false : 'no chromium on this machine: install one to check how pictures look';

/** A chromium that draws without a graphics card and without a large /dev/shm: both are often missing where CI runs. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: executable ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });

/** A PNG of the page. A busy machine's first frame may not be ready when asked for: chromium then refuses, and is asked again. */
export async function picture(page: Page, clip?: { x: number; y: number; width: number; height: number }) {
  let png: Buffer = Buffer.alloc(0);
  await expect(async () => {
    png = await page.screenshot({ timeout: 5_000, ...(clip && { clip }) });
  }).toPass({ timeout: 20_000 });
  return png;
}
