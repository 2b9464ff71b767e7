import { expect, test } from '@playwright/test';
import { conformance } from '../../../../fixtures/wire/conformance/index.ts';
import { remedies } from '../../../../fixtures/wire/conformance/remedies.ts';
import { type Kind, recorded } from './lies.ts';
import { chunkLies } from './lies-chunks.ts';
import { httpLies } from './lies-http.ts';
import { sseLies } from './lies-sse.ts';
import { wireOddities } from './oddities.ts';
import { chunkOddities } from './oddities-chunks.ts';

const lies = [...httpLies, ...sseLies, ...chunkLies];
const oddities = [...wireOddities, ...chunkOddities];

/** What the check finds in a stream of this kind. Where a late recorder may hide a violation, it is read up to 8 times. */
async function verdict(kind: Kind) {
  for (let tries = kind.needsCalm ? 8 : 1; ; tries -= 1) {
    const { exchange, rules } = await recorded(kind);
    const violations = conformance(exchange, rules);
    if (violations.length > 0 || tries === 1) return { exchange, violations };
  }
}

test.describe('streams that break a rule', () => {
  for (const lie of lies)
    test(`the conformance check reports ${lie.caught.join(' and ')} for ${lie.kind}`, async () => {
      const { exchange, violations } = await verdict(lie);
      expect(
        violations.map(({ rule }) => rule),
        violations.map(({ message }) => message).join('\n'),
      ).toEqual(lie.caught);
      expect(violations[0]?.message).toContain(lie.says ?? '');
      for (const { offset, excerpt } of violations) {
        expect(offset === null).toBe(excerpt === null);
        expect(offset ?? 0).toBeLessThanOrEqual(exchange.stream?.bytes ?? exchange.response?.body?.bytes ?? 0);
      }
    });
});

test.describe('unusual streams that break no rule', () => {
  for (const odd of oddities)
    test(`the conformance check accepts ${odd.kind}`, async () => {
      const { violations } = await verdict(odd);
      expect(violations).toEqual([]);
    });
});

test('every conformance rule has a broken stream that it alone catches', () => {
  const caughtAlone = new Set(lies.filter(({ caught }) => caught.length === 1).map(({ caught: [rule] }) => rule));
  const untested = Object.keys(remedies).filter((rule) => !caughtAlone.has(rule as keyof typeof remedies));
  expect(
    untested,
    'These rules of fixtures/wire/conformance/remedies.ts have no broken stream that they alone catch. Add one for each to lies-http.ts, lies-sse.ts or lies-chunks.ts, with the rule as the only entry of `caught`.',
  ).toEqual([]);
});

test('the conformance check judges every kind of stream as expected within the time of a test', async ({}, info) => {
  const rows: string[] = [];
  const wrong: string[] = [];
  for (const kind of [...lies, ...oddities]) {
    const began = performance.now();
    const { violations } = await verdict(kind);
    const took = performance.now() - began;
    const caught = violations.map(({ rule }) => rule).join(', ') || 'passes';
    const [first] = violations;
    const where = first?.offset === null || first?.offset === undefined ? '' : `byte ${first.offset}: `;
    rows.push(`${kind.kind} | ${caught} | ${first ? where + first.message : ''} | ${Math.round(took)} ms`);
    if (caught !== (kind.caught.join(', ') || 'passes')) wrong.push(rows.at(-1) ?? '');
  }
  const summary = `${lies.length} kinds of broken stream, ${oddities.length} unusual but valid kinds, ${wrong.length} wrong verdicts`;
  const body = [summary, '', 'kind | verdict | message | took', ...rows].join('\n');
  await info.attach('catch table', { body, contentType: 'text/plain' });
  expect(wrong).toEqual([]);
});
