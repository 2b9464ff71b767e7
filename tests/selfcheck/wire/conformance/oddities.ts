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

/** Streams that look unusual on the wire and break no rule: the check must find no violation in them. */
export const wireOddities: readonly Kind[] = [
  right('comments between events', [': hi\n\n', ...but(2, 0, ': still here\n', ':\n\n'), ': bye\n\n']),
  right('lines that end with CRLF', [lines('\r\n')]),
  right('lines that end with CR', [lines('\r')]),
  right('lines that end with CR, one byte a packet', each(lines('\r'))),
  right('packets that end between CR and LF', lines('\r\n').split(/(?<=\r)/)),
  right(
    'lines that end with LF, CRLF and CR in turn',
    whole.map((event, i) => event.replaceAll('\n', ['\r', '\r\n', '\n'][i % 3] ?? '')),
  ),
  right('a byte order mark at the beginning', [`\uFEFF${all}`]),
  right('a byte order mark at the beginning, one byte a packet', each(`\uFEFF${all}`)),
  right(
    'events with ids',
    whole.map((event, i) => `id: ${i}\n${event}`),
  ),
  right('an empty id', but(0, 0, 'id\n\n')),
  right('a retry field', ['retry: 3000\n\n', ...whole]),
  right('blank lines before, between and after events', ['\n\n\n', ...but(2, 0, '\n\n'), '\n\n']),
  right('one byte a packet', each(all)),
  right('a whole stream in one packet', [all], {
    talk: (socket) => void socket.write(Buffer.concat([Buffer.from(head()), framed(all), Buffer.from('0\r\n\r\n')])),
  }),
  right('an object over several data lines', but(1, 1, spread(text('Hel')))),
  right(
    'white space after the JSON',
    whole.map((event) => (event === done ? event : event.replace('\n\n', '  \t\n\n'))),
  ),
  right(
    'spaces and line breaks inside the JSON',
    but(1, 1, `data: ${JSON.stringify(JSON.parse(text('Hel').slice(6)), null, 2).replaceAll('\n', '\ndata: ')}\n\n`),
  ),
  right('fields that the standard does not define', but(1, 1, `x-trace: 1\nnonce: a:b\n${text('Hel')}`)),
  right(
    'fields without a space after the colon',
    whole.map((event) => event.replace('data: ', 'data:')),
  ),
  right('events named `message`', but(1, 1, `event: message\n${text('Hel')}`)),
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
  right('an escaped surrogate pair', but(1, 1, text('😀').replace('😀', '\\ud83d\\ude00'))),
  right('U+FFFD that the model itself generates', but(1, 2, text('a\uFFFDb'), text('c'))),
  right('HTTP trailers', whole, {
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
  right('a body without chunks that ends with its connection', whole, {
    talk: (socket) => void socket.end(head(['content-type: text/event-stream'], '200 OK', 'connection: close') + all),
  }),
  right('a response in HTTP/1.0', whole, {
    talk: (socket) =>
      void socket.end(head(['content-type: text/event-stream'], '200 OK', '').replace('1.1', '1.0') + all),
  }),
  right('a charset in quotes and capitals', whole, {
    talk: sends(whole, { headers: ['Content-Type: text/event-stream;charset="UTF-8"'] }),
  }),
  right('the header content-encoding: identity', whole, {
    talk: sends(whole, { headers: ['content-type: text/event-stream', 'content-encoding: identity'] }),
  }),
];
