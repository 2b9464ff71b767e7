import { requirement } from '../../../fixtures/spec/requirements.ts';
import { textStream } from '../../../servers/model/text-stream.ts';
import type { Piece } from '../../../servers/model/vocabulary.ts';
import { expect, test } from '../../selfcheck/support/model-server.ts';

const piece = (bytes: Buffer): Piece => {
  const text = bytes.toString('utf8');
  return { bytes, text: text.includes('\uFFFD') ? undefined : text };
};

/** Feeds bytes in tokens of the given sizes (the last size repeats) and returns the decoded pieces. */
function feed(
  bytes: Buffer,
  sizes: readonly number[],
  stops: readonly string[] = [],
): { out: string[]; stopped: boolean } {
  const stream = textStream(stops);
  const out: string[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[Math.min(i, sizes.length - 1)] ?? 1;
    const { text, stopped } = stream.push(piece(bytes.subarray(at, at + size)));
    if (text) out.push(text);
    if (stopped) return { out, stopped };
    at += size;
  }
  const rest = stream.end();
  return { out: rest ? [...out, rest] : out, stopped: false };
}

const texts = ['José Zoë Łukasz 小林', '👩‍👩‍👧 and 🏳️‍🌈', 'plain', 'é'];
for (const text of texts) {
  test(`the text "${text}" is intact wherever token borders split it`, requirement('STREAM-13'), () => {
    for (const size of [1, 2, 3, 5]) {
      const { out } = feed(Buffer.from(text), [size]);
      expect(out.join('')).toBe(text);
      expect(out.join('|')).not.toContain('\uFFFD');
    }
  });
}

test('bytes that are not text become replacement characters, and the text after them is intact', () => {
  expect(feed(Buffer.from([0x61, 0xff, 0x62]), [1]).out.join('')).toBe('a\uFFFDb');
  expect(feed(Buffer.from([0xe5, 0xb0]), [1]).out.join('')).toBe('\uFFFD');
  expect(feed(Buffer.from([0xe5, 0x41]), [1]).out.join('')).toBe('\uFFFDA');
});

const stops: { stops: string[]; text: string; sent: string; stopped: boolean }[] = [
  { stops: ['END'], text: 'one END two', sent: 'one ', stopped: true },
  { stops: ['END'], text: 'one EN', sent: 'one EN', stopped: false },
  { stops: ['aab'], text: 'aaab', sent: 'a', stopped: true },
  { stops: ['\n\n', 'Q:'], text: 'a\nb Q: c', sent: 'a\nb ', stopped: true },
  { stops: ['xyz', 'y'], text: 'wxyz', sent: 'wx', stopped: true },
  { stops: ['小林'], text: '大小小林', sent: '大小', stopped: true },
  { stops: ['nothing'], text: 'no then not', sent: 'no then not', stopped: false },
];
for (const { stops: list, text, sent, stopped } of stops) {
  test(
    `the text ${JSON.stringify(text)} with the stop strings ${JSON.stringify(list)} is sent as ${JSON.stringify(sent)}`,
    requirement('CHAT-05'),
    () => {
      for (const size of [1, 2, 3]) {
        const seen = feed(Buffer.from(text), [size], list);
        expect({ sent: seen.out.join(''), stopped: seen.stopped }, `tokens of ${size} bytes`).toEqual({
          sent,
          stopped,
        });
      }
    },
  );
}
