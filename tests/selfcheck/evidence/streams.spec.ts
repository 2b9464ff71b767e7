import { expect, type Page, test } from '@playwright/test';
import { streamPicture } from '../../../fixtures/evidence/streams/picture.ts';
import { silencesOf, stallsOf } from '../../../fixtures/evidence/streams/stalls.ts';
import { createRedactor } from '../../../fixtures/redact/redactor.ts';
import type { Exchange } from '../../../fixtures/wire/exchange.ts';
import { picture, useBrowser } from '../support/browser.ts';
import { contrastsOf, overlapping, textsOf } from '../support/legibility.ts';
import { done, finish, piece, role, type Sent, stalling, streamed, usage } from '../support/stream-samples.ts';

const texts = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, text = '']) => text.replace(/<[^>]+>/g, ''));

/** The left edges of a row's ticks, in pixels. */
const ticksOf = (svg: string, kind: string): number[] =>
  [...(svg.match(new RegExp(`class="${kind}" d="([^"]*)"`))?.[1] ?? '').matchAll(/M(\d+) /g)].map(([, x]) => Number(x));

const long = (n: number): Exchange =>
  streamed([
    [40, role()],
    ...Array.from(
      { length: n },
      (_, i): Sent => [80 + i * 3 + (i % 7) / 3, `${i % 50 ? '' : ': hb\n\n'}${piece('x')}`],
    ),
    [100 + n * 3, finish() + usage(n) + done],
  ]);

test('the picture of a stream states its latencies and shows each kind of event in its row', () => {
  const svg = streamPicture(stalling());
  expect(texts(svg)).toEqual(
    expect.arrayContaining([
      'queue 2.0 ms · TTFT 60 ms from sent, 62 from queued · ITL 9.6 ms · TPOT 9.6 ms · 93 tokens/s, 104 while decoding · end 476 ms',
      '44 tokens (by its usage) in 43 events with output · gaps p50 4.3, p95 4.3, max 243 ms',
      '2 stalls, longest 142 ms · recorder&apos;s event loop lag p99 1.2 ms',
      'stall 142 ms',
      'stall 80 ms',
      'headers 56',
      'first byte 56',
      'first token 62',
    ]),
  );
  const rows = { role: 1, content: 43, finish: 1, usage: 1, terminal: 1, comment: 2, chunk: 46 };
  for (const [kind, n] of Object.entries(rows)) expect(ticksOf(svg, `kind-${kind}`), kind).toHaveLength(n);
});

test('the picture of a stream draws each event at its time, so half the time is half the plot', () => {
  const svg = streamPicture(
    streamed(
      [
        [0, piece('a')],
        [100, piece('b')],
        [200, piece('c')],
      ],
      { queue: 0 },
    ),
  );
  const [first = 0, second = 0, third = 0] = ticksOf(svg, 'kind-content');
  expect(second - first).toBe(third - second);
  expect(third - first).toBeGreaterThan(830);
});

test('the picture of a stream ends where the stream ended, not at its last byte', () => {
  const sent: Sent[] = [
    [0, piece('a')],
    [100, piece('b')],
  ];
  const [first = 0, second = 0] = ticksOf(
    streamPicture(streamed(sent, { queue: 0, stamps: { end: 1200 } })),
    'kind-content',
  );
  expect(second - first, 'half of the 844 pixels: the stream took 200 ms').toBe(422);
});

test('the picture of a stream draws each gap as high as it was long, and never too low to see', () => {
  const sent = [0, 100, 300, 301].map((ms): Sent => [ms, piece('a')]);
  const [, path = ''] = /class="gaps" d="([^"]*)"/.exec(streamPicture(streamed(sent, { queue: 0 }))) ?? [];
  expect([...path.matchAll(/v(\d+)/g)].map(([, height]) => Number(height))).toEqual([23, 46, 1]);
});

test('a stall is a gap that stands out from the rhythm of its stream, including the wait for a missing end', () => {
  const stalls = (exchange: Exchange): number[] => stallsOf(silencesOf(exchange)).map(({ ms }) => Math.round(ms));
  const even = Array.from({ length: 20 }, (_, i): Sent => [i * 60, piece('a')]);
  expect(stalls(streamed(even)), 'slow is not stalled').toEqual([]);
  expect(stalls(streamed([...even, [1140 + 600, piece('b')]]))).toEqual([600]);
  expect(stalls(streamed(even, { stamps: { end: 3142 } }))).toEqual([1000]);
  expect(
    stalls(
      streamed([
        [0, piece('a')],
        [90, done],
      ]),
    ),
    'of two reads nobody knows the rhythm',
  ).toEqual([]);
  expect(
    stalls(
      streamed([
        [0, piece('a')],
        [900, done],
      ]),
    ),
  ).toEqual([900]);
});

test('a stream of any length has a small picture', () => {
  for (const n of [100, 1000, 20_000]) {
    const svg = streamPicture(long(n));
    expect(svg.length, `${n} events`).toBeLessThan(60_000);
    expect(texts(svg)).toContain(n.toLocaleString('en-US'));
  }
});

test('a stream with an event on every other pixel of every row has a small picture', () => {
  const sparse = Array.from(
    { length: 420 },
    (_, i): Sent => [
      i * 100 * (1 + (i % 5) / 50),
      `: c\n\nevent: other\ndata: x\n\n${piece('a')}${finish()}${usage(1)}${role()}data: {"error":{}}\n\n`,
    ],
  );
  expect(streamPicture(streamed(sparse)).length).toBeLessThan(60_000);
});

test('a stream without events, without stamps or with equal stamps has a picture without NaN or infinity', () => {
  const odd = [
    streamed([]),
    streamed([[0, '']], { queue: 0 }),
    streamed([[0, piece('a') + done]], { queue: 0, stamps: { end: 1000 } }),
    { ...streamed([[5, role()]]), stamps: { queued: 5 } },
  ];
  for (const exchange of odd) expect(streamPicture(exchange)).not.toMatch(/NaN|Infinity|undefined|null/);
});

test('text from a server cannot become markup in the picture of a stream', () => {
  const hostile = `"><script>alert(1)</script>&'<![CDATA[x]]>`;
  const svg = streamPicture(
    streamed([[1, `event: ${hostile}\ndata: ${hostile}\n\n: ${hostile}\n\n${piece(hostile)}`]], {
      path: `/${hostile}`,
      label: hostile,
      headers: { 'content-type': `text/event-stream;${hostile}` },
    }),
  );
  expect(svg).not.toMatch(/<script|<!|alert\(1\)<\/script/);
});

test('a position in a text is found again after redaction', () => {
  const secret = 'S3cretValue99';
  const redactor = createRedactor([secret]);
  const before = `a=1 ${secret} data: {"password":"hunter2","tokens":5,"api_key":123} Bearer abc123456 é ${secret}. end\n\n`;
  const { bytes, at } = redactor.traced(Buffer.from(before));
  const after = Buffer.from(bytes).toString();
  expect(after).toBe(
    'a=1 [redacted] data: {"password":"[redacted]","tokens":5,"api_key":"[redacted]"} Bearer [redacted] é [redacted]. end\n\n',
  );
  for (const mark of ['a=1', 'data:', '","tokens', 'Bearer', 'é', '. end']) {
    const from = Buffer.from(before).indexOf(mark);
    expect(at(from), mark).toBe(Buffer.from(after).indexOf(mark));
  }
  const offsets = Array.from({ length: Buffer.byteLength(before) + 1 }, (_, i) => at(i));
  expect(offsets.toSorted((a, b) => a - b)).toEqual(offsets);
  expect(offsets.at(-1)).toBe(bytes.byteLength);
});

test.describe('in a real browser', () => {
  const browser = useBrowser();

  const samples = [
    stalling(),
    long(3000),
    streamed(
      [
        [0, role()],
        [1, piece('a')],
      ],
      { path: `/${'p'.repeat(300)}` },
    ),
  ];

  const legible = [
    { selector: 'text', least: 4.5 },
    { selector: 'path[class^="kind-"]', least: 2 },
    { selector: '.gaps', least: 2 },
  ];
  for (const colorScheme of ['light', 'dark'] as const)
    test(`pictures of streams are legible on a ${colorScheme} page, and no text overlaps another or leaves the picture`, async ({}, testInfo) => {
      const page = await browser().newPage({ colorScheme, viewport: { width: 1040, height: 1100 } });
      const background = colorScheme === 'dark' ? '#0d1117' : '#fff';
      await page.setContent(
        `<body style="margin:16px;background:${background}">${samples.map(streamPicture).join('')}`,
      );
      await testInfo.attach(`streams ${colorScheme}`, { body: await picture(page), contentType: 'image/png' });
      for (const { what, ratio, least } of await contrastsOf(page, legible))
        expect(ratio, `contrast of ${what}`).toBeGreaterThan(least);
      const texts = await textsOf(page);
      for (const { text, right } of texts) expect(right, text).toBeLessThanOrEqual(992);
      expect(overlapping(texts, 3)).toEqual([]);
      await page.close();
    });

  test('the picture of a stream, shown as an image, has ticks in the row of their kind of event', async () => {
    const page: Page = await browser().newPage({ colorScheme: 'light', viewport: { width: 1000, height: 400 } });
    const source = `data:image/svg+xml;base64,${Buffer.from(streamPicture(long(3000))).toString('base64')}`;
    await page.setContent(`<body style="margin:0"><img src="${source}">`);
    expect(await page.locator('img').evaluate((img: { naturalWidth: number }) => img.naturalWidth)).toBe(1000);
    const blue = await picture(page, { x: 400, y: 178, width: 4, height: 4 });
    const nothing = await picture(page, { x: 400, y: 194, width: 4, height: 4 });
    expect(blue.toString('base64')).not.toBe(nothing.toString('base64'));
    await page.close();
  });
});
