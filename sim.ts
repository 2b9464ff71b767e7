import { compare } from './fixtures/load/baseline/compare.ts';
import { untilClear } from './fixtures/load/baseline/judge.ts';
import { noisyRuns } from './tests/selfcheck/load.noise.ts';
for (const by of [1, 1.05, 1.1, 1.2, 0.8]) { const c = {}; for (let k = 0; k < 300; k++) { const runs = noisyRuns(k); const base = Array.from({ length: 7 }, () => runs()); const v = (await untilClear(async () => compare(base, [runs(by)]))).verdict; c[v] = (c[v] ?? 0) + 1; } console.log(by, c); }
