// Compares two runs by their not-verified.json, and fails where a test ran in neither.
// Usage: node .ci/verified.ts <first run> <second run> [<optional need that this machine cannot have> …]
import fs from 'node:fs';
import { optionalNeeds } from '../fixtures/stack/optional/needs.ts';

interface Run {
  notVerified: { test: string; because: string; need?: string; reason: string }[];
  ran: string[];
}

const [first = '', second = '', ...without] = process.argv.slice(2);
const read = (file: string): Run => JSON.parse(fs.readFileSync(file, 'utf8')) as Run;
const unknown = without.filter((need) => !Object.hasOwn(optionalNeeds, need));
if (unknown.length > 0)
  throw new Error(`${unknown.join(', ')}: no such optional need. There are: ${Object.keys(optionalNeeds).join(', ')}.`);

const [bare, rest] = [read(first), read(second)];
const left = bare.notVerified.filter(({ test }) => !rest.ran.includes(test));
// A run that measured and could not tell did run.
const inconclusive = left.filter(({ because }) => because === 'inconclusive');
const accepted = left.filter(({ need }) => need !== undefined && without.includes(need));
const neither = left.filter((one) => !inconclusive.includes(one) && !accepted.includes(one));

const list = (title: string, of: typeof left): void => {
  if (of.length > 0) console.log(`${title}\n${of.map(({ test, reason }) => `  ${test}\n    ${reason}`).join('\n')}`);
};
list('Ran, and could not tell:', inconclusive);
list(`Did not run, because CI has no ${without.join(', no ')}:`, accepted);
list('Ran neither where nothing optional is installed nor where it is:', neither);
if (neither.length > 0) {
  console.log(
    'Expected: each test runs in one of the two. Install what it needs in .ci/run, or name its need there as one that CI cannot have.',
  );
  process.exitCode = 1;
}
const skipped = inconclusive.length + accepted.length;
console.log(
  `${bare.ran.length + bare.notVerified.length - left.length} passed, ${neither.length} failed, ${skipped} skipped`,
);
