import { expect, test } from '@playwright/test';
import { requirement } from '../../../../fixtures/spec/requirements.ts';
import { planOf } from '../../../../fixtures/suites/endpoints/plan.ts';

const plans: readonly [
  what: string,
  typicalMs: number,
  budget: Parameters<typeof planOf>[1],
  plan: Partial<ReturnType<typeof planOf>>,
][] = [
  ['a quick endpoint is asked 200 times, and 20 times a second', 5, {}, { rounds: 200, rate: 20, seconds: 3 }],
  [
    'one of a second is asked for 15 s, and at half of what one connection sustains',
    1_000,
    {},
    { rounds: 15, rate: 0.5, seconds: 10 },
  ],
  ['one of 20 s is asked ten times', 20_000, {}, { rounds: 10, rate: 0.2, seconds: 25, timeoutMs: 200_000 }],
  [
    'one of a second with a p95 in its budget is asked as often as a bound of it needs',
    1_000,
    { p95Ms: 2_000 },
    { rounds: 72 },
  ],
  ['one of 10 s with a p95 in its budget is asked for three minutes', 10_000, { p95Ms: 2_000 }, { rounds: 18 }],
  [
    'a rate that is asked for is exceeded by a tenth, and long enough for a bound',
    5,
    { perSecond: 2 },
    { rate: 2.2, seconds: 40 / 2.2 },
  ],
];

for (const [what, typicalMs, budget, plan] of plans)
  test(`plan of a load: ${what}`, requirement('OWN-09'), () => {
    const found = planOf(typicalMs, budget);
    expect({ ...found, rate: Number(found.rate.toFixed(6)) }).toMatchObject(plan);
    expect(found.limitMs, 'longer than the requests one at a time').toBeGreaterThan(found.rounds * typicalMs);
  });
