import { setTimeout as after } from 'node:timers/promises';
import { but, done, finish, framed, head, joined, type Kind, type Piece, role, sends, text, whole } from './lies.ts';

export const right = (kind: string, pieces: readonly Piece[], more: Partial<Kind> = {}): Kind => ({
  kind,
  caught: [],
  talk: sends(pieces),
  ...more,
});
const all = joined(whole).toString();
const lines = (end: string): string => all.replaceAll('\n', end);
const each = (all: string): Uint8Array[] => [...Buffer.from(all)].map((byte) => Uint8Array.of(byte));
const spread = (event: string): string => event.replace('"choices"', '\ndata: "choices"');
const foreign = [role, text('Zoë '), text('小林 '), text('👩‍👩‍👧'), finish, done].join('');

/** Streams that look odd on the wire, and are right: nothing may be found in them. */
export const wireOddities: readonly Kind[] = [
  right('comments', [': hi\n\n', ...but(2, 0, ': still here\n', ':\n\n'), ': bye\n\n']),
  right('CRLF', [lines('\r\n')]),
  right('CR alone', [lines('\r')]),
  right('CR alone, one byte a packet', each(lines('\r'))),
  right('CRLF cut between CR and LF', lines('\r\n').split(/(?<=\r)/)),
  right(
    'LF, CRLF and CR, mixed',
    whole.map((event, i) => event.replaceAll('\n', ['\r', '\r\n', '\n'][i % 3] ?? '')),
  ),
  right('a byte order mark', [`\uFEFF${all}`]),
  right('a byte order mark, byte by byte', each(`\uFEFF${all}`)),
  right(
    'ids',
    whole.map((event, i) => `id: ${i}\n${event}`),
  ),
  right('an empty id', but(0, 0, 'id\n\n')),
  right('retry', ['retry: 3000\n\n', ...whole]),
  right('empty blocks before, between and after', ['\n\n\n', ...but(2, 0, '\n\n'), '\n\n']),
  right('one byte a packet', each(all)),
  right('everything in one packet', [all], {
    talk: (socket) => void socket.write(Buffer.concat([Buffer.from(head()), framed(all), Buffer.from('0\r\n\r\n')])),
  }),
  right('an object over several data lines', but(1, 1, spread(text('Hel')))),
  right(
    'spaces after the JSON',
    whole.map((event) => (event === done ? event : event.replace('\n\n', '  \t\n\n'))),
  ),
  right(
    'spaces and line breaks in the JSON',
    but(1, 1, `data: ${JSON.stringify(JSON.parse(text('Hel').slice(6)), null, 2).replaceAll('\n', '\ndata: ')}\n\n`),
  ),
  right('fields that the standard does not know', but(1, 1, `x-trace: 1\nnonce: a:b\n${text('Hel')}`)),
  right(
    'no space after the colon',
    whole.map((event) => event.replace('data: ', 'data:')),
  ),
  right('`event: message`', but(1, 1, `event: message\n${text('Hel')}`)),
  right('heartbeats in a long pause', [], {
    rules: { budgets: { stallMs: 3_000, eventGapMs: 6_000 } },
    async talk(socket) {
      await sends(whole.slice(0, 2), { end: '' })(socket);
      for (let i = 0; i < 10; i += 1) {
        socket.write(framed(': still here\n\n'));
        await after(40);
      }
      socket.write(Buffer.concat([...whole.slice(2).map(framed), Buffer.from('0\r\n\r\n')]));
    },
  }),
  right('characters of several bytes', [foreign]),
  right('packets that end inside characters', each(foreign)),
  right('escaped characters beyond the first plane', but(1, 1, text('😀').replace('😀', '\\ud83d\\ude00'))),
  right('U+FFFD that the model itself says', but(1, 2, text('a\uFFFDb'), text('c'))),
  right('trailers', whole, {
    talk: sends(whole, {
      headers: ['content-type: text/event-stream', 'trailer: x-took'],
      end: '0\r\nx-took: 1\r\n\r\n',
    }),
  }),
  right('chunk extensions', whole, {
    talk: (socket) =>
      void socket.write(
        Buffer.concat([
          Buffer.from(head()),
          ...whole.map((event) => Buffer.from(`${Buffer.byteLength(event).toString(16)};a=b\r\n${event}\r\n`)),
          Buffer.from('0\r\n\r\n'),
        ]),
      ),
  }),
  right('an end by closing, without chunks', whole, {
    talk: (socket) => void socket.end(head(['content-type: text/event-stream'], '200 OK', 'connection: close') + all),
  }),
  right('HTTP/1.0', whole, {
    talk: (socket) =>
      void socket.end(head(['content-type: text/event-stream'], '200 OK', '').replace('1.1', '1.0') + all),
  }),
  right('a charset, quoted and in capitals', whole, {
    talk: sends(whole, { headers: ['Content-Type: text/event-stream;charset="UTF-8"'] }),
  }),
  right('content-encoding: identity', whole, {
    talk: sends(whole, { headers: ['content-type: text/event-stream', 'content-encoding: identity'] }),
  }),
];
