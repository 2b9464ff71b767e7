import assert from 'node:assert/strict';
import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import { firstDifference } from '../../../../fixtures/wire/conformance/sse/check.ts';
import { createSseMachine } from '../../../../fixtures/wire/conformance/sse/machine.ts';
import { invalidUtf8 } from '../../../../fixtures/wire/conformance/utf8.ts';
import { createSseReader } from '../../../../fixtures/wire/sse.ts';

// Inside a property, Node's assertions: Playwright's cost a millisecond each.

/** The runs are the same each time; a failure prints the seed and the smallest input. */
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
/** An event of its own, so that not all depends on lines that happen to make one. */
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
/** Bytes that may be anything, most of them such as a stream is made of. */
const noise = fc
  .array(fc.oneof(fc.constantFrom(...Buffer.from('data: \n\n\r:')), fc.nat(255)), { maxLength: 60 })
  .map((bytes) => Buffer.from(bytes));
const stream = fc.oneof(
  lines,
  lines.map((bytes) => bytes.subarray(1)),
  noise,
);
const cuts = fc.array(fc.nat(400), { maxLength: 12 });

/** The bytes in pieces, as the wire may deliver them; empty ones among them. */
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

/** `eventsource-parser` takes a mark that was encoded twice for one; the standard does not, nor do browsers. */
const twiceEncoded = Buffer.from('ï»¿');

test('two parsers make the same events of any bytes, however they are cut, and at the same read', () => {
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
  expect(events, 'the inputs have events in them').toBeGreaterThan(4_000);
});

test('a mark that was encoded twice is told, for the two parsers differ on it', () => {
  const { machine, parsed } = both([Buffer.from('ï»¿data: a\n\ndata: b\n\n')]);
  expect(machine.events.map(({ data }) => data)).toEqual(['b']);
  expect(firstDifference(machine.events, parsed)).toEqual([
    'event 1 is message "b" by the standard and message "a" to eventsource-parser',
    15,
  ]);
});

test('where a stream is cut changes no event, no ignored line and no offset', () => {
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

test('the place of an event is where its bytes are', () => {
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

test('bytes that are no UTF-8 are found where a decoder stops, and nowhere else', () => {
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
      const kept = Buffer.from(decoded).equals(bytes);
      assert.equal(found === null, kept);
      if (!found) return;
      // Each fault is one U+FFFD to a decoder, beside those that are meant.
      const meant = Buffer.from(bytes).toString('latin1').split('\xef\xbf\xbd').length - 1;
      assert.equal(decoded.split('\uFFFD').length - 1 - meant, found.count);
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, found.offset));
    }),
    runs,
  );
});
