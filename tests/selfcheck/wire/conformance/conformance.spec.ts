import { expect, test } from '@playwright/test';
import { conformance } from '../../../../fixtures/wire/conformance/index.ts';
import { type Kind, recorded } from './lies.ts';
import { chunkLies } from './lies-chunks.ts';
import { httpLies } from './lies-http.ts';
import { sseLies } from './lies-sse.ts';
import { wireOddities } from './oddities.ts';
import { chunkOddities } from './oddities-chunks.ts';

const lies = [...httpLies, ...sseLies, ...chunkLies];
const oddities = [...wireOddities, ...chunkOddities];

async function verdict(kind: Kind) {
  for (let tries = kind.needsCalm ? 8 : 1; ; tries -= 1) {
    const { exchange, rules } = await recorded(kind);
    const violations = conformance(exchange, rules);
    if (violations.length > 0 || tries === 1) return { exchange, violations };
  }
}

test.describe('a server that lies is caught for its own reason, and for no other', () => {
  for (const lie of lies)
    test(lie.kind, async () => {
      const { exchange, violations } = await verdict(lie);
      expect(
        violations.map(({ name }) => name),
        violations.map(({ message }) => message).join('\n'),
      ).toEqual(lie.caught);
      expect(violations[0]?.message).toContain(lie.says ?? '');
      for (const { offset, excerpt } of violations) {
        expect(offset === null).toBe(excerpt === null);
        expect(offset ?? 0).toBeLessThanOrEqual(exchange.stream?.bytes ?? exchange.response?.body?.bytes ?? 0);
      }
    });
});

test.describe('a stream that is right passes, however odd it looks', () => {
  for (const odd of oddities)
    test(odd.kind, async () => {
      const { violations } = await verdict(odd);
      expect(violations).toEqual([]);
    });
});

test('every kind gets its verdict in time, as the catch table shows', async ({}, info) => {
  const rows: string[] = [];
  const wrong: string[] = [];
  for (const kind of [...lies, ...oddities]) {
    const began = performance.now();
    const { violations } = await verdict(kind);
    const took = performance.now() - began;
    const caught = violations.map(({ name }) => name).join(', ') || 'passes';
    const [first] = violations;
    const where = first?.offset === null || first?.offset === undefined ? '' : `byte ${first.offset}: `;
    rows.push(`${kind.kind} | ${caught} | ${first ? where + first.message : ''} | ${Math.round(took)} ms`);
    if (caught !== (kind.caught.join(', ') || 'passes')) wrong.push(rows.at(-1) ?? '');
  }
  const summary = `${lies.length} kinds of broken stream, ${oddities.length} right and odd ones, ${wrong.length} wrong verdicts`;
  const body = [summary, '', 'kind | verdict | message | took', ...rows].join('\n');
  await info.attach('catch table', { body, contentType: 'text/plain' });
  expect(wrong).toEqual([]);
});
