import { expect, test } from '@playwright/test';
import { inWords, judge } from '../../../fixtures/load/verdict/judge.ts';
import { judgeSpeedup } from '../../../fixtures/load/verdict/speedup.ts';
import { budgetsOf, resolveBudgets } from '../../../fixtures/spec/budgets.ts';
import { made } from './samples.ts';

const around = (ms: number, n = 100, spread = 0.1): number[] =>
  Array.from({ length: n }, (_, i) => ms * (1 + spread * (((i * 37) % 101) / 50 - 1)));
const mean = { meanMs: 100 };

const verdicts: readonly [string, ReturnType<typeof made>, Record<string, number>, string, RegExp?][] = [
  ['a mean well within its budget', made({ latencies: around(50) }), mean, 'pass'],
  ['a mean well beyond its budget', made({ latencies: around(150) }), mean, 'fail', /meanMs missed/],
  ['a mean close to its budget', made({ latencies: around(100) }), mean, 'inconclusive', /do not settle meanMs/],
  ['too few requests for a p95', made({ latencies: around(10, 20) }), { p95Ms: 100 }, 'inconclusive', /20 requests/],
  ['enough requests for a p95', made({ latencies: around(10, 80) }), { p95Ms: 100 }, 'pass'],
  [
    'one failure and no budget that allows it',
    made({ latencies: around(50), failed: 1 }),
    mean,
    'fail',
    /1 of 100 requests/,
  ],
  [
    'as many failures as its budget allows',
    made({ latencies: around(50), failed: 5 }),
    { ...mean, okShare: 0.8 },
    'pass',
  ],
  ['more failures than its budget allows', made({ latencies: around(50), failed: 30 }), { okShare: 0.8 }, 'fail'],
  ['one failure and a budget that allows none', made({ latencies: around(50), failed: 1 }), { okShare: 1 }, 'fail'],
  [
    'more answers a second than its budget asks for, each of them slow',
    made({ latencies: around(3_000, 110, 0.01), everyMs: 45 }),
    { perSecond: 20 },
    'pass',
  ],
  [
    'requests that queue up, because fewer are answered than come',
    made({ latencies: Array.from({ length: 110 }, (_, i) => 100 + 55 * i), everyMs: 45 }),
    { perSecond: 20 },
    'fail',
    /perSecond missed/,
  ],
  ['too few answers for a rate', made({ latencies: around(10, 7) }), { perSecond: 1 }, 'inconclusive'],
  ['no request after its warm-up', made({ latencies: [] }), mean, 'invalid', /no samples/],
  ['no budget', made({ latencies: around(50) }), {}, 'invalid', /no budget/],
  ['budgets for something else only', made({ latencies: around(50) }), { accuracy: 0.7 }, 'invalid', /no budget/],
  [
    'a budget for tokens and no stream',
    made({ latencies: around(50) }),
    { tokensPerSecond: 1 },
    'invalid',
    /no samples of tokensPerSecond/,
  ],
  [
    'a generator too busy to send in time',
    made({ latencies: around(50), lag: 40, busy: 900, starved: 50 }),
    mean,
    'invalid',
    /could not keep up .*sent late by 40 ms/,
  ],
  [
    'slow answers and a generator that got no processor',
    made({ latencies: around(150), lag: 40, starved: 900 }),
    mean,
    'inconclusive',
    /too busy to tell: sent late by 40 ms/,
  ],
  [
    'good answers and a generator that got no processor',
    made({ latencies: around(50), lag: 40, starved: 900 }),
    mean,
    'pass',
  ],
  [
    'slow answers and a late event loop',
    made({ latencies: around(150), loopLagP99: 90 }),
    mean,
    'inconclusive',
    /event-loop lag 90 ms/,
  ],
  [
    'slow answers and a calibration server that seems slow too',
    made({ latencies: around(150), overhead: 30 }),
    mean,
    'inconclusive',
    /loopback/,
  ],
  [
    'slow answers and other processes on the processors',
    made({ latencies: around(150), processorShare: 0.4 }),
    mean,
    'inconclusive',
    /others left 40 %/,
  ],
  [
    'a p95 budget and more failures than a twentieth, although that many are allowed,',
    made({ latencies: around(50), failed: 15 }),
    { p95Ms: 1_000, okShare: 0.7 },
    'fail',
    /p95Ms missed/,
  ],
];

for (const [what, result, budgets, verdict, reason] of verdicts)
  test(`a load with ${what} is judged ${verdict}`, () => {
    const judgement = judge(result, budgets);
    expect(judgement).toMatchObject({ verdict, reason: expect.stringMatching(reason ?? /./) });
  });

test('a load whose fault was never hit is invalid, however good its figures are', () => {
  const good = made({ latencies: around(50) });
  expect(judge(good, mean, { hits: 0 })).toMatchObject({
    verdict: 'invalid',
    reason: expect.stringContaining('the fault was never hit'),
  });
  expect(judge(good, mean, { hits: 1 }).verdict).toBe('pass');
});

test('goodput is the share of requests that meet every threshold at once', () => {
  const stream = { ttft: 80, itl: 5, tokensPerSecond: 60 };
  const result = made({ latencies: around(500), stream });
  const each = { eachMs: 1_000, eachTtftMs: 100, eachItlMs: 10, goodShare: 0.9 };
  expect(judge(result, each).verdict).toBe('pass');
  for (const tighter of [{ eachMs: 500 }, { eachTtftMs: 79 }, { eachItlMs: 4 }])
    expect(judge(result, { ...each, ...tighter }).verdict, JSON.stringify(tighter)).toBe('fail');
  expect(judge(made({ latencies: around(500) }), each).verdict, 'no request without a stream is good').toBe('fail');
  expect(judge(result, { tokensPerSecond: 50, ttftP50Ms: 100, itlP95Ms: 10 }).verdict).toBe('pass');
  expect(judge(result, { tokensPerSecond: 70 }).verdict).toBe('fail');
});

test('a verdict line holds the measured figure, its interval, the budget and the verdict', () => {
  const [line] = judge(made({ latencies: around(50) }), mean).lines;
  expect(line && inWords(line)).toMatch(/^meanMs 50(\.\d+)? ms \[49\.\d, 50\.\d\], at most 100: pass$/);
});

test('a budget group has the budgets whose names begin with its name, overridden ones included', () => {
  expect(budgetsOf(resolveBudgets('login.meanMs=7'), 'login')).toEqual({ meanMs: 7 });
  expect(budgetsOf(resolveBudgets(undefined), 'health')).toEqual({ meanMs: 100, p95Ms: 200 });
});

test('a speedup is judged by the confidence intervals of both medians', () => {
  const slow = made({ latencies: around(100, 14) });
  const fast = (ms: number) => made({ latencies: around(ms, 14) });
  expect(judgeSpeedup(slow, fast(10), 2)).toMatchObject({
    verdict: 'pass',
    reason: expect.stringMatching(/^10\.\d times/),
  });
  expect(judgeSpeedup(slow, fast(90), 2).verdict).toBe('fail');
  expect(judgeSpeedup(slow, fast(50), 2).verdict).toBe('inconclusive');
  expect(judgeSpeedup(slow, made({ latencies: [] }), 2).verdict).toBe('invalid');
  expect(judgeSpeedup(slow, made({ latencies: around(10, 14), failed: 1 }), 2).verdict).toBe('fail');
});
