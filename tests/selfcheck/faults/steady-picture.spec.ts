import { expect, test } from '@playwright/test';
import { steadyPicture } from '../../../fixtures/faults/steady/picture.ts';
import { picture, useBrowser } from '../support/browser.ts';
import { contrastsOf, overlapping, textsOf } from '../support/legibility.ts';
import { madeTraffic, storm } from './steady-samples.ts';

const svg = steadyPicture(storm);
const texts = [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, text]) => text);
/** Marks of a kind in the plot: the legend's come before it. */
const marksOf = (of: string, kind: string): number =>
  [...of.matchAll(new RegExp(`<path class="${kind}-mark" d="([^"]*)"`, 'g'))].at(-1)?.[1]?.match(/M/g)?.length ?? 0;

test('it says what there was: requests, outcomes, faults and how long, states', () => {
  expect(texts).toEqual(
    expect.arrayContaining([
      'ask while the model server is away: 120 requests in 11.9 s',
      '79 right',
      '9 degraded',
      '25 clear error',
      '2 no complete answer',
      '4 hung',
      '1 wrong',
      'model frozen 3.1 s',
      'model killed 0.2 s',
      'cache down &lt;b&gt;&amp; (not healed)',
      'breaker main',
      'no answer',
    ]),
  );
  // The half-open time is too short for its word, and is there.
  expect(svg).toContain('breaker main: half-open from 5.9 s, for 100 ms');
});

test('marks stand at their times, faults and states at theirs', () => {
  const one = steadyPicture({
    title: 't',
    samples: [
      { n: 0, due: 0, sent: 0, done: 10, kind: 'ok' },
      { n: 1, due: 500, sent: 500, done: 1_000, kind: 'hung' },
    ],
    faults: [{ label: 'f', from: 250, to: 750 }],
    bands: {
      ready: [
        { at: 0, state: 'up' },
        { at: 500, state: 'down' },
      ],
    },
  });
  const [left, right] = [118, 984];
  const at = (part: number): number => left + part * (right - left);
  const fault = /<rect class="fault" x="([\d.]+)" y="\d+" width="([\d.]+)"/.exec(one) ?? [];
  expect([Number(fault[1]), Number(fault[2])]).toEqual([
    expect.closeTo(at(0.25), 0),
    expect.closeTo((right - left) / 2, 0),
  ]);
  const states = [...one.matchAll(/<rect class="(fine|poor)" x="([\d.]+)" y="\d+" width="([\d.]+)"/g)];
  expect(states.map(([, state, x]) => [state, Number(x)])).toEqual([
    ['fine', left],
    ['poor', expect.closeTo(at(0.5), 0)],
  ]);
  const drawn = [...one.matchAll(/<path class="(ok|hung)-mark" d="M([\d.]+) ([\d.]+)/g)].slice(-2);
  // A disc begins at its left, a diamond at its top.
  const [[, , okX, okY] = [], [, , hungX, hungY] = []] = drawn;
  expect(Number(okX)).toBeCloseTo(left - 2.4, 0);
  expect(Number(hungX)).toBeCloseTo(at(0.5), 0);
  // The axis is logarithmic, from 7 ms to 700 ms: two powers of ten are 220 pixels.
  expect(Number(okY)).toBeCloseTo(304 - 110 * Math.log10(10 / 7), 0);
  expect(Number(hungY) + 4.5).toBeCloseTo(304 - 110 * Math.log10(500 / 7), 0);
});

test('of very many requests only right ones are left out, and the picture stays small', () => {
  const many = steadyPicture({
    title: 't',
    samples: madeTraffic(20_000, (n) => ({ kind: n % 1_000 === 7 ? 'wrong' : 'ok', ms: 20 })),
    faults: [],
    bands: {},
  });
  expect(marksOf(many, 'wrong')).toBe(20);
  expect(marksOf(many, 'ok')).toBeGreaterThan(2_000);
  expect(many.length).toBeLessThan(200_000);
  expect(many).toContain('19,980 right');
});

test('nothing at all makes no NaN, and nothing that a label says is markup', () => {
  const empty = steadyPicture({ title: '<script>', samples: [], faults: [], bands: { '<i>': [] } });
  for (const one of [empty, svg]) expect(one).not.toMatch(/NaN|Infinity|undefined|<script|<i>|<b>/);
});

test.describe('in a real browser', () => {
  const browser = useBrowser();

  const legible = [
    // A state's word stands on its bar.
    { selector: 'text', least: 4.5, on: 'fine|middling|poor|other' },
    { selector: 'path[class$=mark]', least: 3 },
  ];
  for (const colorScheme of ['light', 'dark'] as const)
    test(`it is legible on a ${colorScheme} page, and nothing leaves its place or stands on another`, async ({}, testInfo) => {
      const page = await browser().newPage({ colorScheme, viewport: { width: 1040, height: 460 } });
      await page.setContent(
        `<body style="margin:16px;background:${colorScheme === 'dark' ? '#0d1117' : '#fff'}">${svg}`,
      );
      await testInfo.attach(`traffic ${colorScheme}`, { body: await picture(page), contentType: 'image/png' });
      const [contrasts, texts] = [await contrastsOf(page, legible), await textsOf(page)];
      expect(contrasts.length).toBeGreaterThan(30);
      for (const { what, ratio, least } of contrasts) expect(ratio, `contrast of ${what}`).toBeGreaterThan(least);
      for (const { text, left, right } of texts) {
        expect(left, text).toBeGreaterThanOrEqual(0);
        expect(right, text).toBeLessThanOrEqual(992);
      }
      expect(overlapping(texts, 2)).toEqual([]);
      await page.close();
    });
});
