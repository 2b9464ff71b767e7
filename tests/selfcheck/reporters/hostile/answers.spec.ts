import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, expect, type Page, type TestInfo, test } from '@playwright/test';
import { marked } from 'marked';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { useBrowser } from '../../support/browser.ts';
import { type Served, serve } from '../../support/http-servers.ts';
import type { InlineRun } from '../../support/inline-run.ts';
import { hostileProject } from './project.ts';
import { startHostile } from './server.ts';
import { acting, allHostile, hitElement, hitGlobal, hostileTexts } from './texts.ts';

const browser = useBrowser();

let reported: { folder: string; summary: string; run: InlineRun } | undefined;

/** One run for all tests of a worker: its reports are only read. */
async function reportOf(testInfo: TestInfo): Promise<NonNullable<typeof reported>> {
  test.setTimeout(180_000);
  if (reported) return reported;
  await using server = await startHostile();
  const { folder, summary, run } = hostileProject(testInfo, server.url);
  reported = { folder, summary, run: await run() };
  return reported;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** The report as `playwright show-report` serves it: by itself it fetches what a page opened from a file may not. */
const serveFolder = (folder: string, missing: string[]): Promise<Served> =>
  serve((request, response) => {
    const file = path.join(folder, decodeURIComponent(new URL(request.url ?? '', 'http://report').pathname));
    if (!existsSync(file)) missing.push(`request: ${request.url}`);
    const known = existsSync(file) && !file.endsWith(path.sep);
    response.writeHead(known ? 200 : 404, { 'content-type': types[path.extname(file)] ?? 'text/plain; charset=utf-8' });
    response.end(known ? readFileSync(file) : '');
  });

/** A window in which whatever a hostile text brings about is written down, in all its pages. */
async function watched(seen: string[] = [], own = 'file:'): Promise<{ context: BrowserContext; seen: string[] }> {
  const context = await browser().newContext({ viewport: { width: 1200, height: 900 } });
  context.on('console', (message) => seen.push(`console: ${message.text()}`));
  context.on('weberror', (error) => seen.push(`error: ${error.error().message}`));
  context.on('dialog', (dialog) => {
    seen.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('request', (request) => {
    if (!/^(data|blob|about):/.test(request.url()) && !request.url().startsWith(own))
      seen.push(`request: ${request.url()}`);
  });
  return { context, seen };
}

/** What of the hostile texts became markup or ran in a page and its frames. */
async function markupIn(page: Page): Promise<string[]> {
  const events = '[onload], [onerror], [onmouseover], [onfocus], [ontoggle], [autofocus]';
  const links = 'a[href^="javascript:" i], a[href*="/hit"], [src*="/hit"], iframe[srcdoc], [src="x"]';
  const selector = JSON.stringify(`${hitElement}, ${events}, ${links}`);
  // Playwright makes a link of an address; one that says where it leads is no deception.
  const look = `[...document.querySelectorAll(${selector})]
    .filter((one) => !(/^https?:/.test(one.textContent) && one.textContent === one.getAttribute('href')))
    .map((one) => one.outerHTML)
    .concat(Object.hasOwn(window, '${hitGlobal}') ? ['a script ran'] : [])`;
  return (await Promise.all(page.frames().map((frame) => frame.evaluate<string[]>(look)))).flat();
}

test(
  'the HTML report of a run against a hostile service runs no script of it and shows no markup of it',
  requirement('SEC-03'),
  async ({}, testInfo) => {
    const { folder, run } = await reportOf(testInfo);
    expect(run.code, run.stderr).toBe(1);
    const missing: string[] = [];
    await using server = await serveFolder(path.join(folder, 'html'), missing);
    const { context, seen } = await watched(missing, server.url);
    const page = await context.newPage();
    await page.goto(`${server.url}/index.html`);
    const links = page.locator('a[href*="testId="]');
    await expect(links.first()).toBeVisible();
    const hrefs = await page.evaluate<string[]>(
      `[...document.querySelectorAll('a[href*="testId="]')].map((one) => one.href)`,
    );
    const urls = [...new Set(hrefs)];
    expect(await markupIn(page), 'the list of tests').toEqual([]);
    expect(urls.length).toBeGreaterThan(Object.keys(hostileTexts).length);
    for (const url of urls) {
      await page.goto(url);
      await expect(page.locator('.test-case-annotation, .test-result').first()).toBeVisible();
      // What is folded is unfolded: steps with their errors, attachments with their texts.
      await page.evaluate(unfold);
      expect(await markupIn(page), url).toEqual([]);
    }
    expect(seen).toEqual([]);
    await context.close();
  },
);

test(
  'every file that the HTML report of a run against a hostile service links to opens without running or asking for anything',
  requirement('SEC-03'),
  async ({}, testInfo) => {
    const { folder } = await reportOf(testInfo);
    const { context, seen } = await watched();
    const page = await context.newPage();
    const data = path.join(folder, 'html', 'data');
    const kinds: Record<string, number> = {};
    for (const name of readdirSync(data)) {
      const kind = path.extname(name);
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      if (!/^\.(svg|html)$/.test(kind)) continue;
      await page.goto(pathToFileURL(path.join(data, name)).href);
      expect(await markupIn(page), name).toEqual([]);
      expect(await page.locator('parsererror').count(), `${name} is well-formed`).toBe(0);
    }
    expect(kinds, 'pictures and the page of the loads').toMatchObject({ '.svg': expect.any(Number), '.html': 1 });
    expect(seen).toEqual([]);
    await context.close();
  },
);

test(
  'summaries of a run against a hostile service have no heading, link, picture or markup of it',
  requirement('SEC-03'),
  async ({}, testInfo) => {
    const { folder, summary } = await reportOf(testInfo);
    const { context, seen } = await watched();
    const page = await context.newPage();
    const markdown = { summary, performance: path.join(folder, 'test-results', 'performance.md') };
    for (const [name, file] of Object.entries(markdown)) {
      const text = readFileSync(file, 'utf8');
      expect(text).not.toMatch(acting);
      await page.setContent(await marked.parse(text, { gfm: true }));
      expect(await markupIn(page), name).toEqual([]);
      expect(await page.locator('a, img, iframe, script, style, svg').count(), name).toBe(0);
      const headings = await page.locator('h1, h2, h3, h4').allTextContents();
      expect(headings, name).toEqual(
        name === 'summary'
          ? ['Performance', 'Against the baseline', 'Latency, ms', 'Requirements', 'Not verified', 'Failures']
          : ['Performance', 'Against the baseline'],
      );
      // Each text arrived, or a part of it: nothing was taken for markup and left out.
      const shown = ((await page.locator('body').textContent()) ?? '').replace(/\s+/g, ' ');
      for (const hostile of allHostile.filter((one) => !one.includes('\n') && !one.includes('\x1b')))
        expect(shown, name).toContain(hostile);
      expect(shown, `${name} shows the control characters`).toContain('\\x00\\x08\\rover\\u202eend');
    }
    expect(seen).toEqual([]);
    await context.close();
  },
);

test(
  'nothing that a run against a hostile service prints or writes as text acts on a terminal',
  requirement('SEC-03'),
  async ({}, testInfo) => {
    const { folder, run } = await reportOf(testInfo);
    const texts = {
      stdout: run.stdout,
      stderr: run.stderr,
      // What is attached is named by the file that it is, whose name Playwright makes of the title.
      junit: readFileSync(path.join(folder, 'junit.xml'), 'utf8').replace(
        /\[\[ATTACHMENT.*\]\]|Error Context: .*/g,
        '',
      ),
    };
    for (const [name, text] of Object.entries(texts)) {
      expect(acting.exec(text)?.[0], `${name} has ${JSON.stringify(around(text))}`).toBeUndefined();
      expect(text, `${name} shows what would act`).toContain('\\x00\\x08\\rover\\u202eend');
    }
  },
);

/** Clicks whatever is folded in the HTML report, and what that shows. */
const unfold = `(async () => {
  for (let depth = 0; depth < 3; depth += 1) {
    for (const icon of document.querySelectorAll('.tree-item-title svg.octicon, .chip-header.expanded-false'))
      icon.closest('.tree-item-title, .chip-header').click();
    await new Promise(requestAnimationFrame);
  }
})()`;

function around(text: string): string {
  const at = text.search(acting);
  return at < 0 ? '' : text.slice(Math.max(0, at - 80), at + 40);
}
