import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { judgeGrowth } from '../../../fixtures/load/memory/growth.ts';
import { collectedHeap, inspectorIn } from '../../../fixtures/load/memory/heap.ts';
import { memoryPicture } from '../../../fixtures/load/memory/picture.ts';
import { residentSet } from '../../../fixtures/load/memory/rss.ts';
import { type Series, watchMemory } from '../../../fixtures/load/memory/watch.ts';
import { slopeOf } from '../../../fixtures/load/verdict/slope.ts';
import { createRandom } from '../../../seed/databases/random.ts';

const threshold = 20;

test('the slope of memory withstands outliers, and its interval contains the true slope of correlated points', () => {
  const line = Array.from({ length: 30 }, (_, x): [number, number] => [x, 5 + 2 * x]);
  expect(slopeOf(line)).toEqual({ value: 2, low: 2, high: 2 });
  expect(slopeOf(line.map(([x, y]) => [x, x % 4 === 0 ? y + 500 : y])).value).toBeCloseTo(2, 6);
  expect(slopeOf(line.slice(0, 5)), 'so few points have an open interval').toMatchObject({ high: Infinity });
  const random = createRandom(1, 'slopes');
  let held = 0;
  for (let run = 0; run < 200; run += 1) {
    let drift = 0;
    const wandering = line.map(([x, y]): [number, number] => {
      drift = 0.6 * drift + random.next() - 0.5;
      return [x, y + drift];
    });
    const { low, high } = slopeOf(wandering);
    held += Number(low <= 2 && 2 <= high);
  }
  expect(held, 'of 200 intervals, although neighbours are correlated').toBeGreaterThanOrEqual(180);
});

/** A heap that fills up and is collected. @param leak MB a second that are never given back */
function sawtooth(leak: number, noise = 0.3): Series {
  const random = createRandom(2, 'memory');
  return Array.from({ length: 120 }, (_, i) => {
    const at = i / 4;
    const warming = 40 * (1 - Math.exp(-at / 2));
    return [at, 100 + warming + ((at * 13) % 8) + leak * at + noise * random.next()] as const;
  });
}

test('memory that a garbage collection frees is not growth, memory that stays is, and a noisy series is inconclusive', () => {
  expect(judgeGrowth(sawtooth(0), { after: 10, threshold })).toMatchObject({ verdict: 'pass' });
  const { verdict, slope } = judgeGrowth(sawtooth(1), { after: 10, threshold });
  expect(verdict).toBe('fail');
  expect(slope.value, 'MB a minute').toBeGreaterThan(50);
  expect(slope.value).toBeLessThan(70);
  expect(judgeGrowth(sawtooth(0, 60), { after: 10, threshold }).verdict).toBe('inconclusive');
  expect(judgeGrowth([], { after: 0, threshold }).verdict).toBe('invalid');
  expect(judgeGrowth(sawtooth(0), { after: 40, threshold }).verdict, 'nothing is left after the warm-up').toBe(
    'invalid',
  );
});

const grow = (seconds: number, kept: boolean): string => `
const held = [];
const began = performance.now();
let made = 0;
setInterval(() => {
  // By the clock: 20 KB every hundredth of a second, whatever else the machine does.
  while (made < (performance.now() - began) / 10) {
    made += 1;
    const piece = new Array(2_500).fill(made + 0.5);
    if (${kept}) held.push(piece);
  }
}, 10);
setTimeout(() => process.exit(), ${seconds * 1000});`;

async function inspected(code: string): Promise<{ child: ChildProcess; url: string; [Symbol.dispose](): void }> {
  const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', '-e', code], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [output] = (await once(child.stderr as NonNullable<typeof child.stderr>, 'data')) as [Buffer];
  const url = inspectorIn(String(output).split('\n')) ?? '';
  return { child, url, [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

for (const { what, kept } of [
  {
    what: 'a process that keeps 2 MB a second is found to grow by 120 MB a minute, in its heap and its resident set',
    kept: true,
  },
  { what: 'a process that allocates 2 MB a second and keeps nothing is not found to grow', kept: false },
])
  test(what, { tag: '@slow' }, async () => {
    using process = await inspected(grow(30, kept));
    const pid = process.child.pid ?? 0;
    using heap = await collectedHeap(process.url);
    const watching = watchMemory({ heap: heap.read, rss: () => residentSet(pid) }, 100);
    await delay(7_000);
    const { heap: left = [], rss = [] } = await watching.stop();
    const [byHeap, byRss] = [left, rss].map((series) => judgeGrowth(series, { after: 2, threshold, window: 0.4 }));
    expect(byHeap?.verdict, JSON.stringify(byHeap)).toBe(kept ? 'fail' : 'pass');
    if (kept) {
      expect(byHeap?.slope.value).toBeGreaterThan(110);
      expect(byHeap?.slope.value).toBeLessThan(130);
      expect(byRss?.slope.value).toBeGreaterThan(80);
    } else {
      expect(Math.abs(byHeap?.slope.value ?? 99)).toBeLessThan(2);
      expect(byRss?.verdict, JSON.stringify(byRss)).not.toBe('fail');
    }
  });

test('a resident set counts shared pages once, and a process that has ended has none', async () => {
  const own = residentSet(process.pid);
  expect(own).toBeGreaterThan(20);
  using parent = await inspected('setTimeout(() => {}, 20_000)');
  const alone = residentSet(parent.child.pid ?? 0);
  expect(alone).toBeGreaterThan(20);
  expect(alone).toBeLessThan(200);
  parent.child.kill('SIGKILL');
  await once(parent.child, 'exit');
  expect(residentSet(parent.child.pid ?? 0)).toBeNaN();
});

test('the memory picture has a panel for each process, with its budget', () => {
  const svg = memoryPicture('memory', { service: sawtooth(0), model: sawtooth(0.1), gone: [] }, { service: 400 });
  expect(svg).toContain('service, MB');
  expect(svg).toContain('model, MB');
  expect(svg).toContain('budget 400 MB');
  expect(svg).not.toMatch(/NaN|Infinity|undefined|gone/);
});
