import { but, done, event, finish, type Kind, repeats, role, sends, text, whole } from './lies.ts';

const [first = ''] = whole;
/** A delta whose text is these bytes, valid or not. */
const bytes = (...wrong: number[]): Buffer =>
  Buffer.concat([
    Buffer.from(text('Z').split('Z')[0] ?? ''),
    Buffer.from(wrong),
    Buffer.from(text('Z').split('Z')[1] ?? ''),
  ]);

const named: Kind['rules'] = { kind: 'named', terminals: ['done', 'error'], events: ['token'] } as Kind['rules'];
const token = 'event: token\ndata: {"text":"a"}\n\n';
const over = 'event: done\ndata: {}\n\n';

/** Streams whose bytes, lines or events break a rule, in any protocol. */
export const sseLies: readonly Kind[] = [
  {
    kind: 'a character whose bytes are split over two events',
    caught: ['invalid-utf8'],
    says: 'a character of 4 bytes cut off after 2, the first of 3 such places',
    talk: sends(but(1, 2, bytes(0xf0, 0x9f), bytes(0x98, 0x80))),
  },
  {
    kind: 'a character split over two pieces that are decoded separately',
    caught: ['split-character'],
    says: 'split over two pieces',
    talk: sends(but(1, 2, text('ab\uFFFD'), text('\uFFFD'))),
  },
  {
    kind: 'a surrogate pair split over two pieces',
    caught: ['split-character'],
    talk: sends(but(1, 2, text('\ud83d'), text('\ude00'))),
  },
  {
    kind: 'an overlong form of two bytes',
    caught: ['invalid-utf8'],
    says: 'overlong',
    talk: sends(but(1, 1, bytes(0xc0, 0xaf))),
  },
  {
    kind: 'an overlong form of three bytes',
    caught: ['invalid-utf8'],
    says: 'overlong',
    talk: sends(but(1, 1, bytes(0xe0, 0x80, 0xaf))),
  },
  {
    kind: 'a surrogate encoded by itself',
    caught: ['invalid-utf8'],
    says: 'surrogate',
    talk: sends(but(1, 1, bytes(0xed, 0xa0, 0x80))),
  },
  {
    kind: 'a character beyond Unicode',
    caught: ['invalid-utf8'],
    says: 'U+10FFFF',
    talk: sends(but(1, 1, bytes(0xf4, 0x90, 0x80, 0x80))),
  },
  { kind: 'a character in Latin-1', caught: ['invalid-utf8'], says: 'cut off', talk: sends(but(1, 1, bytes(0xe9))) },
  { kind: 'bytes that UTF-8 never has', caught: ['invalid-utf8'], says: 'never', talk: sends(but(1, 1, bytes(0xff))) },
  {
    kind: 'a comment that ends inside a character',
    caught: ['invalid-utf8'],
    says: 'ends inside a character',
    talk: sends([...whole, Buffer.from([0x3a, 0xc3])]),
  },
  { kind: 'U+0000 in the data', caught: ['nul-byte'], says: 'U+0000', talk: sends(but(1, 1, bytes(0))) },
  {
    kind: 'U+0000 in an id',
    caught: ['id-nul'],
    says: 'U+0000',
    talk: sends(but(1, 1, `id: a\0b\n${text('Hel')}`)),
  },
  {
    kind: 'padding with U+0000',
    caught: ['stray-line'],
    says: 'neither a field',
    talk: sends(but(1, 0, '\0\0\0\0\n')),
  },
  {
    kind: 'a line of plain text',
    caught: ['stray-line'],
    says: 'Internal error',
    talk: sends(but(1, 0, 'Internal error\n\n')),
  },
  {
    kind: 'an object without `data:`',
    caught: ['stray-line'],
    says: 'neither a field',
    talk: sends(but(1, 1, text('Hel').replace('data: ', ''))),
  },
  {
    kind: 'the field `Data:` with a capital',
    caught: ['misnamed-field'],
    says: '"Data"',
    talk: sends(but(1, 1, text('Hel').replace('data', 'Data'))),
  },
  {
    kind: 'a space before `data:`',
    caught: ['misnamed-field'],
    says: '" data"',
    talk: sends(but(1, 1, ` ${text('Hel')}`)),
  },
  { kind: 'a byte order mark in mid-stream', caught: ['late-bom'], talk: sends(but(1, 1, `\uFEFF${text('Hel')}`)) },
  { kind: 'two byte order marks', caught: ['late-bom'], talk: sends(but(0, 1, `\uFEFF\uFEFF${first}`)) },
  { kind: 'a retry that is not a number', caught: ['retry'], says: '"3s"', talk: sends(but(0, 0, 'retry: 3s\n\n')) },
  {
    kind: 'an event of 10 MB',
    caught: ['event-size'],
    says: 'at most 4194304',
    talk: sends(but(1, 1, text('x'.repeat(10 * 1024 * 1024)))),
  },
  {
    kind: 'an event that never ends',
    caught: ['event-size'],
    says: 'without the end of an event',
    rules: { budgets: { maxEventBytes: 1024 * 1024 } },
    talk: repeats([role, 'data: '], 'x'.repeat(64 * 1024), 0),
  },
  {
    // eventsource-parser ignores a byte order mark that was encoded twice; the standard does not. The standard then sees
    // a stray line too, which is tolerated here, so that the difference between the parsers is the only violation.
    kind: 'a byte order mark that was encoded twice',
    caught: ['parser-difference'],
    says: 'event 1 is message',
    rules: { tolerate: ['stray-line'] },
    talk: sends(['ï»¿data: x\n\n', ...whole]),
  },
  { kind: 'a last event without its blank line', caught: ['unfinished-event'], talk: sends(but(4, 1, done.trimEnd())) },
  {
    kind: 'two events without a blank line between them',
    caught: ['merged-events'],
    says: 'on two lines',
    talk: sends(but(1, 1, text('Hel').slice(0, -1))),
  },
  {
    kind: 'two named events without a blank line between them',
    caught: ['merged-events'],
    says: 'the last one is named token',
    rules: named,
    talk: sends([token.slice(0, -1), token, over]),
  },
  {
    kind: 'an event with an unknown name',
    caught: ['event-name'],
    says: '"tokn"',
    rules: named,
    talk: sends([token, token.replace('token', 'tokn'), over]),
  },
  {
    kind: 'a named event in a stream of unnamed events',
    caught: ['event-name'],
    says: '"chunk"',
    talk: sends(but(1, 1, `event: chunk\n${text('Hel')}`)),
  },
  {
    kind: 'a named stream without its terminal event',
    caught: ['no-terminal'],
    says: 'event: done or error',
    rules: named,
    talk: sends([token]),
  },
  {
    kind: 'an error event followed by a done event',
    caught: ['second-terminal'],
    rules: named,
    talk: sends([token, over.replace('done', 'error'), over]),
  },
  { kind: 'an answer without [DONE]', caught: ['no-terminal'], says: '[DONE]', talk: sends(but(4, 1)) },
  { kind: 'two [DONE] events', caught: ['second-terminal'], says: 'again', talk: sends([...whole, done]) },
  {
    kind: 'data after [DONE]',
    caught: ['after-terminal'],
    says: 'an event follows data: [DONE]',
    talk: sends([...whole, text('late')]),
  },
  {
    kind: '[DONE] in lower case',
    caught: ['no-terminal', 'invalid-json'],
    talk: sends(but(4, 1, event('[done]'))),
  },
  { kind: 'a stream of [DONE] alone', caught: ['no-chunks'], talk: sends([done]) },
  {
    kind: '[DONE] before the finish_reason',
    caught: ['after-terminal', 'finish-missing'],
    talk: sends(but(3, 2, done, finish)),
  },
];
