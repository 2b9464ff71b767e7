import { expect, test } from '@playwright/test';
import { linearScale } from '../../../fixtures/evidence/charts/scales.ts';
import { clip, escapeXml, ms } from '../../../fixtures/evidence/charts/svg.ts';
import { phasesOf } from '../../../fixtures/evidence/phases.ts';
import { waterfall } from '../../../fixtures/evidence/waterfall.ts';
import { picture, useBrowser } from '../support/browser.ts';
import { contrastsOf, textsOf } from '../support/legibility.ts';
import { plain, sample, spread, variety } from './samples.ts';

test('the phases of an exchange have no gaps and end when the exchange does', () => {
  for (const exchange of variety) {
    const phases = phasesOf(exchange);
    expect(phases[0]?.from).toBe(exchange.stamps.queued);
    for (const [i, { to }] of phases.slice(0, -1).entries()) expect(phases[i + 1]?.from).toBe(to);
    if (exchange.stamps.end !== undefined) expect(phases.at(-1)?.to).toBe(exchange.stamps.end);
  }
  expect(phasesOf(variety[0] ?? plain(0, 0)).map(({ name, from, to }) => [name, to - from])).toEqual([
    ['queue', 1],
    ['connect', 3],
    ['send', 0.5],
    ['wait', 13.5],
    ['receive', 1],
  ]);
});

test('the waterfall draws bars at their times, so half the span is half the plot', () => {
  const svg = waterfall([plain(1000, 50), plain(1050, 50)]);
  const bars = [...svg.matchAll(/<rect class="wait" x="([\d.]+)" y="\d+" width="([\d.]+)" height="12"/g)].map(
    ([, x, width]) => [Number(x), Number(width)],
  );
  const [first = [], second = []] = bars;
  expect(Number(second[0]) - Number(first[0])).toBeCloseTo(265, 0);
  expect(first[1]).toBeCloseTo(0.898 * 265, -1);
});

test('each row of the waterfall shows method, path, status, TTFT and total', () => {
  const svg = waterfall(variety);
  const texts = [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, text]) => text?.replace(/<[^>]+>/g, ''));
  expect(texts).toEqual(
    expect.arrayContaining([
      '200',
      'POST /v1/chat/completions model server',
      '60',
      '193',
      'timeout',
      'refused',
      'cut',
      '503',
    ]),
  );
  expect(svg.match(/class="ticks"/g)).toHaveLength(2);
  expect(texts[0]).toBe('10 exchanges in 600 ms, slowest 200 ms, 3 failed');
});

test('the waterfall names the server of an exchange only if there are several servers', () => {
  expect(waterfall([plain(0, 1)])).not.toContain('service</tspan>');
});

for (const count of [0, 1, 2, 59, 60])
  test(`a waterfall of ${count} exchanges draws all of them`, () => {
    const svg = waterfall(Array.from({ length: count }, (_, i) => plain(i * 10, 15)));
    expect(svg.match(/<g><title>/g) ?? []).toHaveLength(count);
    expect(svg).not.toContain('not drawn');
  });

test('a waterfall of more than sixty exchanges replaces the middle by a line that says what it hides', () => {
  const many = Array.from({ length: 1000 }, (_, i) =>
    plain(i * 10, i === 500 ? 777 : 15, i === 501 ? { failure: 'cut' } : {}),
  );
  const svg = waterfall(many);
  expect(svg.match(/<g><title>/g)).toHaveLength(59);
  expect(svg).toContain('941 more, not drawn: slowest 777 ms, 1 failed; all are in exchanges.json');
});

test('a waterfall of long streams stays small', () => {
  const streams = Array.from({ length: 60 }, (_, i) =>
    sample({
      events: spread(i, i + 900, 5000),
      stamps: { queued: i, connected: i, sent: i, headers: i, firstByte: i, firstToken: i, end: i + 900 },
    }),
  );
  expect(waterfall(streams).length).toBeLessThan(200_000);
});

test('a waterfall with equal or missing stamps has no NaN and no infinity', () => {
  const odd = [
    sample({ stamps: { queued: 5 } }),
    sample({ stamps: { queued: 5, end: 5 }, status: null, failure: 'refused' }),
  ];
  expect(waterfall(odd)).not.toMatch(/NaN|Infinity|undefined/);
});

test('text from a server or a path cannot become markup in the waterfall', () => {
  const hostile = `/"><script>alert(1)</script>&'\u0000\u0008\uD800<![CDATA[x]]>`;
  const svg = waterfall([plain(0, 1, { path: hostile, label: hostile, method: '<b>' }), plain(0, 1)]);
  expect(svg).not.toMatch(/<script|<b>|<!|[\x00-\x08]|\uD800/);
  expect(escapeXml(`<a b="c">'&\n\u0001`)).toBe('&lt;a b=&quot;c&quot;&gt;&apos;&amp; \\x01');
});

test('a long label of the waterfall is cut in the middle, by characters', () => {
  expect(clip('short', 10)).toBe('short');
  expect(clip('/api/v1/documents/123/pages/12', 15)).toBe('/api/v1/d…es/12');
  expect([...clip('🙂'.repeat(50), 11)]).toHaveLength(11);
  const svg = waterfall([plain(0, 1, { path: '/p', label: 'l'.repeat(300) }), plain(0, 1)]);
  expect(svg).toMatch(/>GET \/p<tspan class="soft"> l{8}…l{5}</);
});

test('the axis of the waterfall has three to eight round values from 0 to at most the span', () => {
  for (const span of [0.003, 0.7, 1, 9.99, 42, 161, 600, 1001, 59_999, 3_600_000]) {
    const { ticks } = linearScale([0, span], [0, 500]);
    expect(ticks[0]).toBe(0);
    expect(ticks.length, `${span}`).toBeGreaterThanOrEqual(3);
    expect(ticks.length, `${span}`).toBeLessThanOrEqual(8);
    expect(ticks.at(-1)).toBeLessThanOrEqual(span);
  }
  expect(linearScale([0, 161], [0, 500]).ticks).toEqual([0, 50, 100, 150]);
  expect([ms(0.04), ms(9.94), ms(9.96), ms(1234.4)]).toEqual(['0.0', '9.9', '10', '1,234']);
});

test.describe('in a real browser', () => {
  const browser = useBrowser();

  const legible = [
    { selector: 'text', least: 4.5 },
    { selector: 'text:not(.soft):not(.tick):not(.ok):not(.warn):not(.bad)', least: 7 },
    { selector: 'rect[rx="2"]', least: 2 },
  ];
  for (const colorScheme of ['light', 'dark'] as const)
    test(`the waterfall is legible on a ${colorScheme} page, and no text leaves its place`, async ({}, testInfo) => {
      const page = await browser().newPage({ colorScheme, viewport: { width: 1040, height: 420 } });
      const svg = waterfall(variety);
      await page.setContent(
        `<body style="margin:16px;background:${colorScheme === 'dark' ? '#0d1117' : '#fff'}">${svg}`,
      );
      await testInfo.attach(`waterfall ${colorScheme}`, { body: await picture(page), contentType: 'image/png' });

      for (const { what, ratio, least } of await contrastsOf(page, legible))
        expect(ratio, `contrast of ${what}`).toBeGreaterThan(least);
      for (const { text, left, right } of await textsOf(page)) {
        expect(right, text).toBeLessThanOrEqual(990);
        if (Math.round(left) === 52 && !text.includes('not drawn'))
          expect(right, `${text} stays out of the plot`).toBeLessThanOrEqual(330);
      }
      await page.close();
    });

  test('the waterfall, shown as an image, follows the colour scheme of its page', async () => {
    const page = await browser().newPage({ viewport: { width: 1040, height: 420 } });
    const source = `data:image/svg+xml;base64,${Buffer.from(waterfall(variety)).toString('base64')}`;
    const panel = async (scheme: string): Promise<string> => {
      await page.setContent(`<body style="margin:0;color-scheme:${scheme}"><img src="${source}">`);
      expect(await page.locator('img').evaluate((img: { naturalWidth: number }) => img.naturalWidth)).toBe(1000);
      return (await picture(page, { x: 400, y: 40, width: 4, height: 4 })).toString('base64');
    };
    expect(await panel('dark')).not.toBe(await panel('light'));
    await page.close();
  });
});
