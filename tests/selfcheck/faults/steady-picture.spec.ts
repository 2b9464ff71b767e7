import { expect, test } from '@playwright/test';
import { steadyPicture } from '../../../fixtures/faults/steady/picture.ts';
import { picture, useBrowser } from '../support/browser.ts';
import { contrastsOf, overlapping, textsOf } from '../support/legibility.ts';
import { madeTraffic, storm } from './steady-samples.ts';

const svg = steadyPicture(storm);
const texts = [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, text]) => text);
/** The number of marks of a kind in the plot, without the mark in the legend, which comes first. */
const marksOf = (of: string, kind: string): number =>
  [...of.matchAll(new RegExp(`<path class="${kind}-mark" d="([^"]*)"`, 'g'))].at(-1)?.[1]?.match(/M/g)?.length ?? 0;

test('the picture of steady traffic names requests, outcomes, faults with their durations, and states', () => {
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
  // The time in the state half-open is too short for its label, but it is drawn.
  expect(svg).toContain('breaker main: half-open from 5.9 s, for 100 ms');
});

test('the picture of steady traffic draws requests, faults and states at their times', () => {
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
  // The path of a disc starts at its left, that of a diamond at its top.
  const [[, , okX, okY] = [], [, , hungX, hungY] = []] = drawn;
  expect(Number(okX)).toBeCloseTo(left - 2.4, 0);
  expect(Number(hungX)).toBeCloseTo(at(0.5), 0);
  // The axis is logarithmic, from 7 ms to 700 ms: two powers of ten are 220 pixels.
  expect(Number(okY)).toBeCloseTo(304 - 110 * Math.log10(10 / 7), 0);
  expect(Number(hungY) + 4.5).toBeCloseTo(304 - 110 * Math.log10(500 / 7), 0);
});

test('the picture of 20,000 requests leaves out only right ones and stays small', () => {
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

test('the picture of steady traffic contains no NaN without requests, and escapes markup in labels', () => {
  const empty = steadyPicture({ title: '<script>', samples: [], faults: [], bands: { '<i>': [] } });
  for (const one of [empty, svg]) expect(one).not.toMatch(/NaN|Infinity|undefined|<script|<i>|<b>/);
});

test.describe('steady traffic picture in a browser', () => {
  const browser = useBrowser();

  const legible = [
    // The label of a state stands on its bar.
    { selector: 'text', least: 4.5, on: 'fine|middling|poor|other' },
    { selector: 'path[class$=mark]', least: 3 },
  ];
  for (const colorScheme of ['light', 'dark'] as const)
    test(`the picture of steady traffic is legible on a ${colorScheme} page, and no text is cut or overlaps`, async ({}, testInfo) => {
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
