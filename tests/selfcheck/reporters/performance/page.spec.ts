import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContextOptions, expect, type TestInfo, test } from '@playwright/test';
import { mergeDistributions } from '../../../../fixtures/load/histogram.ts';
import { performancePage } from '../../../../fixtures/reporters/performance/page/page.ts';
import type { Entry } from '../../../../fixtures/reporters/performance/schema.ts';
import { picture, useBrowser } from '../../support/browser.ts';
import { contrastsOf, linesOf, overlapping } from '../../support/legibility.ts';
import { drawn, heightAt, inverse } from './drawn.ts';
import { performanceProject } from './reported.ts';
import { everyKind, reportWith } from './samples.ts';

const browser = useBrowser();

/** Opens a page from its file, as a person who downloads it from CI does, and keeps its console messages and requests. */
async function opened(testInfo: TestInfo, page: string, options: BrowserContextOptions = {}) {
  const file = testInfo.outputPath('performance.html');
  await writeFile(file, page);
  const tab = await browser().newPage({ viewport: { width: 1320, height: 1000 }, ...options });
  const [complaints, requests]: string[][] = [[], []];
  tab.on('console', (message) => complaints?.push(message.text()));
  tab.on('pageerror', (error) => complaints?.push(error.message));
  tab.on('dialog', (dialog) => {
    complaints?.push(dialog.message());
    void dialog.dismiss();
  });
  tab.on('request', (request) => requests?.push(request.url()));
  const url = pathToFileURL(file).href;
  await tab.goto(url);
  return { tab, complaints, requests: requests?.filter((asked) => asked !== url && asked !== 'data:,') };
}

const report = reportWith(everyKind());
const loadOf = (title: string): { load: Entry; id: string } => {
  const index = report.loads.findIndex((load) => load.title === title);
  const load = report.loads[index];
  if (!load) throw new Error(`No load is called ${title}.`);
  return { load, id: `load-${index + 1}` };
};

const legible = [
  { selector: 'h1, h2, h3, p, th, td, small, caption, li, strong, b, .chip, .budgets span, a, abbr', least: 4.5 },
  { selector: 'svg text', least: 4.5 },
  { selector: '.bars rect, .mark circle, .strip circle, .diamond, rect.s-failed', least: 3 },
  { selector: '.line:not(.s-rate)', least: 3 },
];

for (const colorScheme of ['light', 'dark'] as const)
  test(`the performance page is legible on a ${colorScheme} screen, makes no request and has no overlapping text`, async ({}, testInfo) => {
    const { tab, complaints, requests } = await opened(testInfo, performancePage(report), { colorScheme });
    await testInfo.attach(`page ${colorScheme}`, { body: await picture(tab), contentType: 'image/png' });
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    const dark = await tab.evaluate("getComputedStyle(document.body).backgroundColor === 'rgb(15, 20, 27)'");
    expect(dark, 'the page follows the scheme').toBe(colorScheme === 'dark');

    const contrasts = await contrastsOf(tab, legible);
    expect(contrasts.length).toBeGreaterThan(500);
    const faint = contrasts.filter(({ ratio, least }) => ratio < least);
    expect(faint.map(({ what, ratio, least }) => `${what}: ${ratio.toFixed(2)}, at least ${least}`)).toEqual([]);

    const lines = await linesOf(tab);
    expect(lines.length).toBeGreaterThan(300);
    expect(overlapping(lines, 2)).toEqual([]);
    const outside = lines.filter(({ left, right, within }) => within && (left < within.left || right > within.right));
    expect(outside.map(({ text }) => text)).toEqual([]);
    await tab.close();
  });

test('the performance page fits the screen of a telephone, where only its tables scroll', async ({}, testInfo) => {
  const { tab } = await opened(testInfo, performancePage(report), { viewport: { width: 400, height: 800 } });
  await testInfo.attach('page, narrow', { body: await picture(tab), contentType: 'image/png' });
  expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
  await tab.close();
});

test('the charts of the performance page show the figures of the JSON report', async ({}, testInfo) => {
  const { tab } = await opened(testInfo, performancePage(report));
  const { load, id } = loadOf('sql.databases');
  const latency = load.latency;
  if (!latency) throw new Error('The sample has no latency.');

  const curve = await drawn(tab, `${id}-percentiles`);
  const ms = inverse(curve.y, 'log');
  for (const name of ['p50', 'p95', 'p99'] as const) {
    const mark = curve.marks.find((mark) => mark.name === `s-latency ${name}`);
    expect(mark?.x, name).toBeCloseTo(curve.x.find(({ text }) => text === name.slice(1))?.at ?? NaN, 0);
    expect(ms(mark?.y ?? NaN) / Number(latency[name].value), `${name} as marked`).toBeCloseTo(1, 1.8);
    const line = heightAt(curve.lines['s-latency'] ?? '', mark?.x ?? NaN);
    expect(ms(line) / Number(latency[name].value), `${name} on the curve`).toBeCloseTo(1, 1.8);
  }
  const ninety = mergeDistributions([latency.hdr]).atRank(Math.ceil(0.9 * load.due));
  const at90 = curve.x.find(({ text }) => text === '90')?.at ?? NaN;
  expect(ms(heightAt(curve.lines['s-latency'] ?? '', at90)) / ninety, 'p90 on the curve').toBeCloseTo(1, 1.8);
  const then = load.comparisons[0]?.baseline;
  const at95 = curve.x.find(({ text }) => text === '95')?.at ?? NaN;
  expect(ms(heightAt(curve.lines['s-baseline'] ?? '', at95)) / Number(then?.p95), 'baseline').toBeCloseTo(1, 1.8);

  const histogram = await drawn(tab, `${id}-histogram`);
  const share = inverse(histogram.y, 'linear');
  const floor = histogram.y[0]?.at ?? NaN;
  expect(histogram.bars.reduce((sum, { count }) => sum + count, 0)).toBe(latency.n);
  for (const { count, height } of histogram.bars) expect(share(floor - height)).toBeCloseTo(count / latency.n, 2.5);
  for (const { name, x } of histogram.guides)
    expect(inverse(histogram.x, 'log')(x) / Number(latency[name as 'p50'].value), name).toBeCloseTo(1, 1.8);

  const time = await drawn(tab, `${id}-timeline`);
  const bins = load.timelines[0]?.bins ?? [];
  expect(time.columns).toBe(bins.length);
  const points = [...(time.lines['s-latency'] ?? '').matchAll(/[ML][\d.]+,([\d.]+)/g)].map(([, y]) => Number(y));
  expect(points.length).toBe(bins.length);
  for (const [i, y] of points.entries())
    expect(inverse(time.y, 'log')(y) / Number(bins[i]?.p50), `median of bin ${i}`).toBeCloseTo(1, 1.8);
  await tab.close();
});

test('the tables of the performance page show the figures of the JSON report', async ({}, testInfo) => {
  const { tab } = await opened(testInfo, performancePage(report));
  for (const load of report.loads) {
    const { id } = loadOf(load.title);
    const cells = await tab
      .locator(`#${id}`)
      .getByRole('row', { name: /^latency / })
      .getByRole('cell')
      .allTextContents();
    const { n, mean, p50, p95, p99, max } = load.latency ?? {};
    // A load without a right answer has no row.
    const expected = load.latency ? [n, mean?.value, p50?.value, p95?.value, p99?.value, max] : [];
    expect(cells.length, load.title).toBe(expected.length);
    for (const [i, text] of cells.entries())
      if (expected[i] === null) expect(text).toBe('∞');
      else expect(Number(text.replaceAll(',', '')) / Number(expected[i]), `${load.title}, ${text}`).toBeCloseTo(1, 1.2);
  }
  const steps = await tab.locator('#saturation-1').getByRole('row').allTextContents();
  expect(steps.length).toBe(1 + (report.saturations[0]?.steps.length ?? 0));
  await tab.close();
});

test('a screen reader gets a name and figures for every chart of the performance page, and a name for every table', async ({}, testInfo) => {
  const { tab } = await opened(testInfo, performancePage(report));
  const images = await tab.getByRole('img').all();
  expect(images.length).toBeGreaterThan(15);
  for (const image of images) await expect(image).toHaveAccessibleName(/\w+.*\d/);
  const tables = await tab.getByRole('table').all();
  for (const table of tables) await expect(table).toHaveAccessibleName(/\w/);
  const ids = await tab.evaluate("[...document.querySelectorAll('[id]')].map(({ id }) => id)");
  expect(new Set(ids as string[]).size, 'no id twice').toBe((ids as string[]).length);
  await tab.keyboard.press('Tab');
  await expect(tab.getByRole('link', { name: 'Skip to the loads' })).toBeFocused();
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('Tab');
  await expect(tab.getByRole('link', { name: 'health.health' }), 'then the first load').toBeFocused();
  await tab.close();
});

const nasty = [
  '<img src=x onerror="window.hit=1">',
  '"><script>window.hit=1</script>',
  '</style></title></svg><script>window.hit=1</script>',
  "' onmouseover='window.hit=1' x='",
  'javascript:window.hit=1//',
];

test('a title, a reason or an answer cannot become markup on the performance page', async ({}, testInfo) => {
  for (const text of nasty) {
    const { tab, complaints, requests } = await opened(testInfo, performancePage(reportWith(everyKind(text), text)));
    await expect(tab.getByRole('heading', { name: text }).first()).toBeVisible();
    expect(await tab.evaluate('window.hit'), text).toBeUndefined();
    expect(await tab.locator('script, img, [onerror], [onmouseover], a[href^=javascript]').count(), text).toBe(0);
    expect([complaints, requests], text).toEqual([[], []]);
    await tab.close();
  }
});

test('the HTML report links each test that sent a load to the performance page', async ({}, testInfo) => {
  const { folder, run } = await performanceProject(testInfo, {
    'a.spec.ts': `
test('sends a load', () => send({ title: 'health', seed: 1, ms: 2 }, { p50Ms: 100 }));
test('sends none', () => {});`,
  });
  const { code, output } = await run();
  expect(code, output).toBe(0);
  const tab = await browser().newPage({ viewport: { width: 1200, height: 900 } });
  await tab.goto(pathToFileURL(join(folder, 'html', 'index.html')).href);
  await tab.getByRole('link', { name: 'sends a load' }).click();
  const link = tab.getByRole('link', { name: 'performance of the whole run' });
  await expect(link).toBeVisible();
  await testInfo.attach('report', { body: await picture(tab), contentType: 'image/png' });
  const [popup] = await Promise.all([tab.waitForEvent('popup'), link.click()]);
  await expect(popup.getByRole('heading', { name: 'Performance', exact: true })).toBeVisible();
  await expect(popup.getByRole('link', { name: 'health' })).toBeVisible();
  await tab.context().close();
});
