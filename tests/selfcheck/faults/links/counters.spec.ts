import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import type { Protocol } from '../../../../fixtures/faults/links/rpc.ts';
import type { Counter } from '../../../../servers/link-proxy/counters/counter.ts';
import { protocols } from '../../../../servers/link-proxy/counters/index.ts';

const typed = (type: string, body: string | Buffer = ''): Buffer => {
  const header = Buffer.alloc(5);
  header.write(type);
  header.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([header, Buffer.from(body)]);
};
const untyped = (code: number, body = ''): Buffer => {
  const message = Buffer.alloc(8 + body.length);
  message.writeUInt32BE(message.length);
  message.writeUInt32BE(code, 4);
  message.write(body, 8);
  return message;
};
const ready = typed('Z', 'I');
const startup = untyped(196608, 'user\0plumbline\0\0');
const welcome = Buffer.concat([typed('R', '\0\0\0\0'), typed('S', 'a\0b\0'), ready]);
// A row whose bytes look like a ReadyForQuery message.
const answer = Buffer.concat([typed('T', 'x'), typed('D', ready), typed('C', 'SELECT 1\0'), ready]);
const http = (head: string, body: string): string => `HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`;
const chunked = (...parts: string[]): string =>
  http(
    'Content-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked',
    `${parts.map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`,
  );

/** An answer, with its request where that matters; `marks` is the expected count. */
const dialogues: { what: string; protocol: Protocol; asked?: Buffer; answered: Buffer | string; marks: number }[] = [
  {
    what: 'a startup and two queries',
    protocol: 'postgres',
    asked: startup,
    answered: join(welcome, answer, answer),
    marks: 2,
  },
  {
    what: 'a query after encryption was refused with one byte',
    protocol: 'postgres',
    asked: join(untyped(80877103), startup),
    answered: join('N', welcome, answer),
    marks: 1,
  },
  {
    what: 'a query after two kinds of encryption were refused',
    protocol: 'postgres',
    asked: join(untyped(80877104), untyped(80877103), startup),
    answered: join('NN', welcome, answer),
    marks: 1,
  },
  {
    what: 'bytes that look like queries in an encrypted connection',
    protocol: 'postgres',
    asked: untyped(80877103),
    answered: join('S', welcome, answer),
    marks: 0,
  },
  {
    what: 'the error of a server that does not know encryption',
    protocol: 'postgres',
    asked: untyped(80877103),
    answered: typed('E', 'SFATAL\0\0'),
    marks: 0,
  },
  {
    what: 'three events among comments, in chunks that cut them anywhere',
    protocol: 'http',
    answered: chunked('data: a\n', '\n: data: no\n\ndata: b\nda', 'ta: b2\n\nevent: x\r\ndata: c\r\n\r\n', 'data'),
    marks: 3,
  },
  {
    what: 'event streams and other answers on one kept connection',
    protocol: 'http',
    answered: [
      http('Content-Type: application/json\r\nContent-Length: 8', 'data: {}'),
      'HTTP/1.1 100 Continue\r\n\r\n',
      'HTTP/1.1 204 No Content\r\n\r\n',
      chunked('data: a\n\n', 'data: [DONE]\n\n'),
      http('Content-Type: text/event-stream\r\nContent-Length: 9', 'data: a\n\n'),
      chunked('data: a\n\n'),
    ].join(''),
    marks: 4,
  },
  {
    what: 'an event stream that ends with its connection',
    protocol: 'http',
    answered: http('content-type:text/event-stream', 'data:a\n\nid: data:\n\ndata:b\n\n'),
    marks: 2,
  },
  {
    what: 'replies of every shape, a pushed message and a greeting',
    protocol: 'resp',
    asked: join(
      '*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n*1\r\n$4\r\nPING\r\n',
      '*1\r\n$6\r\nINCRBY\r\nPING\r\n*2\r\n$4\r\nMGET\r\n$5\r\n+OK\r\n\r\n',
    ),
    answered: join(
      '%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n', // of HELLO
      '$7\r\n+OK\r\n:1\r\n>2\r\n+message\r\n$-1\r\n+PONG\r\n:5\r\n',
      '|1\r\n+ttl\r\n:3\r\n*3\r\n*0\r\n*-1\r\n*2\r\n$0\r\n\r\n_\r\n-ERR no\r\n',
    ),
    marks: 5,
  },
];

function join(...parts: (Buffer | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** The offsets in the answer at which the counter counts, with request and answer cut into pieces of these sizes. */
function marksIn(counter: Counter, asked: Buffer, answered: Buffer, sizes: readonly number[]): number[] {
  for (const piece of pieces(asked, sizes)) counter.upstream(piece);
  let before = 0;
  return pieces(answered, sizes).flatMap((piece) => {
    const found = [...counter.downstream(piece)].map((offset) => before + offset);
    before += piece.length;
    return found;
  });
}

function pieces(whole: Buffer, sizes: readonly number[]): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < whole.length; at += cut.at(-1)?.length ?? 0)
    cut.push(whole.subarray(at, at + (sizes[cut.length % sizes.length] ?? whole.length)));
  return cut;
}

for (const { what, protocol, asked = Buffer.alloc(0), answered, marks } of dialogues)
  test(`the ${protocol} counter counts ${marks} in ${what}, wherever the bytes are cut`, () => {
    const bytes = Buffer.from(answered);
    const whole = marksIn(protocols[protocol].counter(), asked, bytes, [bytes.length + asked.length]);
    expect(whole).toHaveLength(marks);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 50 }), (sizes) => {
        const found = marksIn(protocols[protocol].counter(), asked, bytes, sizes);
        // A line that is cut is recognised only once its `data:` is complete, so the offsets differ.
        if (protocol === 'http') expect(found).toHaveLength(marks);
        else expect(found).toEqual(whole);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

for (const { protocol } of [{ protocol: 'postgres' }, { protocol: 'http' }, { protocol: 'resp' }] as const)
  test(`the ${protocol} counter does not throw on any bytes, and its offsets stay within them`, () => {
    const anything = fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 20 });
    const counts = fc.property(anything, anything, (asked, answered) => {
      const counter = protocols[protocol].counter();
      for (const piece of asked) counter.upstream(Buffer.from(piece));
      for (const piece of answered)
        for (const offset of counter.downstream(Buffer.from(piece))) {
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset).toBeLessThanOrEqual(piece.length);
        }
    });
    fc.assert(counts, { seed: 7, numRuns: 500 });
  });
