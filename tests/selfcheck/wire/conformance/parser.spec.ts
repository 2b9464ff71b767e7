import assert from 'node:assert/strict';
import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import { firstDifference } from '../../../../fixtures/wire/conformance/sse/check.ts';
import { createSseMachine } from '../../../../fixtures/wire/conformance/sse/machine.ts';
import { invalidUtf8 } from '../../../../fixtures/wire/conformance/utf8.ts';
import { createSseReader } from '../../../../fixtures/wire/sse.ts';

// Properties use Node's assertions: an assertion of Playwright's costs a millisecond.

/** The inputs are the same in each run; a failure prints the seed and the smallest input. */
const runs = { numRuns: 2_000, seed: 4 };

const end = fc.constantFrom('\n', '\r\n', '\r');
const field = fc.constantFrom(
  'data',
  'data',
  'data',
  'data',
  'event',
  'id',
  'retry',
  'Data',
  ' data',
  'datum',
  'dat',
  '\uFEFFdata',
  'x-own',
  '',
);
const value = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '  two',
    '0',
    '12',
    '-1',
    '1.5',
    'a:b',
    ':',
    'a\0b',
    '[DONE]',
    '小林',
    '😀',
    '\uFEFF',
    '\u2028',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replace(/[\r\n]/g, '')),
);
const line = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(field, fc.constantFrom(':', ': ', ''), value).map((parts) => parts.join('')) },
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: value.map((text) => `:${text}`) },
);
/** A whole event, so that inputs contain events even where random lines make none. */
const block = fc
  .tuple(fc.array(fc.tuple(field, fc.constantFrom(':', ': '), value, end), { maxLength: 2 }), value, end, end)
  .map(([before, data, a, b]) => [before.map((parts) => parts.join('')).join(''), `data: ${data}${a}${b}`] as const);
const lines = fc
  .tuple(
    fc.constantFrom('', '\uFEFF'),
    fc.array(fc.oneof(fc.tuple(line, end), block), { minLength: 2, maxLength: 20, size: 'max' }),
    fc.constantFrom('', 'data: cut', ': cut', '\r'),
  )
  .map(([bom, list, tail]) => Buffer.from(bom + list.map((parts) => parts.join('')).join('') + tail));
/** Any bytes; most of them are bytes that occur in event streams. */
const noise = fc
  .array(fc.oneof(fc.constantFrom(...Buffer.from('data: \n\n\r:')), fc.nat(255)), { maxLength: 60 })
  .map((bytes) => Buffer.from(bytes));
const stream = fc.oneof(
  lines,
  lines.map((bytes) => bytes.subarray(1)),
  noise,
);
const cuts = fc.array(fc.nat(400), { maxLength: 12 });

/** The bytes in pieces, as the wire may deliver them; some pieces are empty. */
function pieces(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const borders = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return borders.slice(1).map((to, i) => bytes.subarray(borders[i], to));
}

function both(chunks: readonly Uint8Array[]) {
  const machine = createSseMachine();
  const reader = createSseReader(() => {});
  for (const [i, chunk] of chunks.entries()) {
    machine.read(chunk);
    reader.read(chunk, i);
  }
  return { machine, parsed: reader.record.events };
}

/** `eventsource-parser` ignores a byte order mark that was encoded twice; the standard and browsers do not. */
const twiceEncoded = Buffer.from('ï»¿');

test('the two SSE parsers read the same events at the same read from any bytes, wherever they are cut', () => {
  let events = 0;
  fc.assert(
    fc.property(stream, cuts, (bytes, at) => {
      fc.pre(!bytes.subarray(0, 6).equals(twiceEncoded));
      const { machine, parsed } = both(pieces(bytes, at));
      events += machine.events.length;
      assert.equal(firstDifference(machine.events, parsed), null);
      assert.deepEqual(
        machine.events.map(({ chunk }) => chunk),
        parsed.map(({ chunk }) => chunk),
      );
    }),
    runs,
  );
  expect(events, 'events in all inputs together').toBeGreaterThan(4_000);
});

test('the conformance check finds that the two SSE parsers differ on a byte order mark that was encoded twice', () => {
  const { machine, parsed } = both([Buffer.from('ï»¿data: a\n\ndata: b\n\n')]);
  expect(machine.events.map(({ data }) => data)).toEqual(['b']);
  expect(firstDifference(machine.events, parsed)).toEqual([
    'event 1 is message "b" by the standard and message "a" for eventsource-parser',
    15,
  ]);
});

test('the reads in which an event stream arrives change no event, no ignored line and no offset', () => {
  fc.assert(
    fc.property(stream, cuts, (bytes, at) => {
      const whole = both([bytes]).machine;
      const cut = both(pieces(bytes, at)).machine;
      const placed = ({ events }: typeof whole) => events.map(({ chunk: _, ...event }) => event);
      assert.deepEqual(placed(cut), placed(whole));
      assert.deepEqual(cut.ignored, whole.ignored);
      assert.equal(cut.unfinished(), whole.unfinished());
    }),
    runs,
  );
});

test('the SSE parser records the offset at which the data of an event starts', () => {
  fc.assert(
    fc.property(stream, (bytes) => {
      for (const { data, start, end, values } of both([bytes]).machine.events) {
        assert.ok(start < end);
        const first = data.split('\n')[0] ?? '';
        const [at = 0] = values;
        if (!first.includes('\uFFFD')) assert.equal(bytes.toString('utf8', at, at + Buffer.byteLength(first)), first);
      }
    }),
    runs,
  );
});

test('invalidUtf8 finds invalid bytes exactly where a decoder does', () => {
  const some = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  );
  const spoilt = fc.tuple(some, fc.nat(20), fc.nat(255)).map(([bytes, at, byte]) => {
    const copy = Uint8Array.from(bytes);
    if (at < copy.length) copy[at] = byte;
    return copy;
  });
  fc.assert(
    fc.property(spoilt, (bytes) => {
      const found = invalidUtf8(bytes);
      const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
      const unchanged = Buffer.from(decoded).equals(bytes);
      assert.equal(found === null, unchanged);
      if (!found) return;
      // A decoder writes one U+FFFD for each invalid place; the text may contain U+FFFD of its own.
      const intended = Buffer.from(bytes).toString('latin1').split('\xef\xbf\xbd').length - 1;
      assert.equal(decoded.split('\uFFFD').length - 1 - intended, found.count);
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, found.offset));
    }),
    runs,
  );
});
