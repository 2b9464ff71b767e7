import { setTimeout as after } from 'node:timers/promises';
import {
  askUsage,
  but,
  chunk,
  counted,
  delta,
  done,
  event,
  finish,
  framed,
  head,
  joined,
  type Kind,
  type Piece,
  role,
  sends,
  text,
  whole,
} from './wire.lies.ts';

const right = (kind: string, pieces: readonly Piece[], more: Partial<Kind> = {}): Kind => ({
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
const at = (index: number, fields: Readonly<Record<string, unknown>>, reason: string | null = null): string =>
  delta(fields, { index, finish_reason: reason });
const call = (index: number, fields: Readonly<Record<string, unknown>>): string =>
  delta({ tool_calls: [{ index, ...fields }] });
const logprobs = (...names: string[]) => ({
  logprobs: {
    content: names.map((token) => ({ token, logprob: -1, bytes: [...Buffer.from(token)], top_logprobs: [] })),
  },
});
const halves = (token: string, bytes: number[]) => ({ token, logprob: -1, bytes, top_logprobs: [] });
const error = event({ error: { message: 'out of memory', type: 'server_error' } });
const completion = (text: string, finish_reason: string | null = null): string =>
  event(chunk([{ index: 0, text, finish_reason, logprobs: null }], { object: 'text_completion' }));
const named = { kind: 'named', terminals: ['done', 'error'], events: ['token'] } as const;

/** Streams that look odd, and are right: nothing may be found in them. */
export const oddities: readonly Kind[] = [
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
  right('a usage chunk', but(4, 0, counted()), { asks: askUsage }),
  right(
    'usage: null in the other chunks',
    [...whole.slice(0, 4).map((event) => event.replace('}\n', ',"usage":null}\n')), counted(), done],
    { asks: askUsage },
  ),
  right(
    'choices in turn',
    [
      at(0, { role: 'assistant' }),
      at(1, { role: 'assistant' }),
      at(1, { content: 'b' }),
      at(0, { content: 'a' }),
      at(0, {}, 'stop'),
      at(1, { content: 'c' }),
      at(1, {}, 'length'),
      done,
    ],
    { asks: { n: 2 } },
  ),
  right(
    'two choices in one chunk',
    [
      event(
        chunk([0, 1].map((index) => ({ index, delta: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }))),
      ),
      done,
    ],
    { asks: { n: 2 } },
  ),
  right('tool calls', [
    delta({ role: 'assistant', content: null }),
    call(0, { id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
    call(0, { function: { arguments: '{"x"' } }),
    call(0, { function: { arguments: ':1}' } }),
    call(1, { id: 'b', function: { name: 'g', arguments: '{}' } }),
    delta({}, { finish_reason: 'tool_calls' }),
    done,
  ]),
  right('log probabilities', [role, text('Hel', logprobs('H', 'el')), text('lo', logprobs('lo')), finish, done], {
    asks: { logprobs: true, top_logprobs: 0 },
  }),
  right(
    'log probabilities of parts of a character',
    [role, text('é', { logprobs: { content: [halves('\\xc3', [0xc3]), halves('\\xa9', [0xa9])] } }), finish, done],
    { asks: { logprobs: true } },
  ),
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
  right(
    'members of its own',
    but(
      3,
      1,
      delta({}, { finish_reason: 'stop', stop_token: 2 }, { timings: { predicted_ms: 3.2 }, system_fingerprint: null }),
    ),
  ),
  right('a role chunk with null content', but(0, 1, delta({ role: 'assistant', content: null }))),
  right('the role with the first piece', but(0, 2, delta({ role: 'assistant', content: 'Hel' }))),
  right('finish_reason with the last piece', but(2, 2, text('lo', { finish_reason: 'stop' }))),
  right('finish_reason with an empty piece', but(3, 1, text('', { finish_reason: 'stop' }))),
  right('reasoning before the answer', but(1, 0, delta({ reasoning_content: 'Hm' }))),
  right('an empty answer', [role, finish, done]),
  right('an error that was to come', [role, error], { rules: { expectations: { error: true } } }),
  right('an error that was to come, and [DONE]', [role, error, done], { rules: { expectations: { error: true } } }),
  right('a stream of completions', [completion('Hel'), completion('lo'), completion('', 'length'), done], {
    rules: { kind: 'openai-completions' },
  }),
  right('named events', ['event: token\ndata: {"text":"a"}\n\n', ': hi\n\n', 'event: done\ndata: {}\n\n'], {
    rules: named,
  }),
  right(
    'a terminal event of several lines, without JSON',
    ['event: token\ndata\n\n', 'data: a\ndata: b\nevent: done\n\n'],
    { rules: named },
  ),
];
