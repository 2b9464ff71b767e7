import { Readable } from 'node:stream';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblemError } from '../errors/handling.ts';
import type { TokenCounts } from '../model/calls.ts';
import { type IdleDeadline, idleDeadline } from '../model/deadline.ts';
import { badResponse } from '../model/failures.ts';
import type { Exchange } from '../model/send.ts';
import { openAiAnswer } from './errors.ts';
import { asObject, usageOf } from './upstream.ts';

type Options = {
  /** How long the model server may be silent. */
  deadline: IdleDeadline;
  /** How long the caller may stop reading. */
  readerTimeoutMs: number;
  /** Whether the caller asked for the usage. */
  wanted: boolean;
  heartbeatMs: number;
  request: FastifyRequest;
};

export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // Without this header, nginx would buffer the events.
  'x-accel-buffering': 'no',
};

const heartbeat = ': still working\n\n';
export const done = 'data: [DONE]\n\n';

/** The error event that ends a stream; no `[DONE]` follows it. */
export const errorEvent = (error: unknown): string =>
  `data: ${JSON.stringify(openAiAnswer(error, toProblemError(error)).body)}\n\n`;

/** Passes the model server's stream on, event by event. A slow reader slows the model server down. */
export const relayStream = (exchange: Exchange, options: Options, reply: FastifyReply): FastifyReply => {
  const reader = idleDeadline(options.readerTimeoutMs);
  reader.hold();
  reply.raw.once('close', () => reader.clear());
  // A caller that does not read cannot receive an error event either.
  reader.signal.addEventListener('abort', () => reply.raw.destroy());
  return reply.headers(streamHeaders).send(Readable.from(relayed(exchange, options, reader), { objectMode: false }));
};

async function* relayed(exchange: Exchange, options: Options, reader: IdleDeadline): AsyncGenerator<string> {
  const stream = filterEvents(options.wanted);
  const decoder = new TextDecoder();
  let settled = false;
  try {
    for await (const piece of withHeartbeats(exchange.response.body, options.heartbeatMs)) {
      // A heartbeat does not reset the model's time limit, because the model is still silent.
      if (piece !== heartbeat) options.deadline.hold();
      const text = piece === heartbeat ? heartbeat : stream.feed(decoder.decode(piece as Buffer, { stream: true }));
      reader.extend();
      if (text) yield text;
      reader.hold();
      if (stream.ended()) break;
      if (piece !== heartbeat) options.deadline.extend();
    }
    const failure = stream.failure();
    if (failure) throw failure;
    settled = true;
    // The last event is sent after the call is recorded, so that a caller who has it can rely on the record.
    await exchange.done(stream.usage());
    reader.extend();
    yield done;
  } catch (error) {
    settled = true;
    const thrown = await exchange.broke(error);
    options.request.log.warn({ err: thrown }, 'stream ended with an error');
    reader.extend();
    yield errorEvent(thrown);
  } finally {
    // The generator ended at a `yield`, so the caller has left.
    if (!settled) await exchange.broke(new Error('the caller has gone'));
    exchange.response.body.destroy();
  }
}

/** Parses the model server's events, and returns the events for the caller. */
function filterEvents(wanted: boolean) {
  let usage: TokenCounts | undefined;
  let ended = false;
  let failure: unknown;
  let out = '';

  const onEvent = ({ data }: EventSourceMessage): void => {
    if (ended || failure) return;
    if (data === '[DONE]') {
      ended = true;
      return;
    }
    let chunk: Record<string, unknown>;
    try {
      chunk = asObject(data);
    } catch (error) {
      // Not thrown here, because earlier events, perhaps of the same packet, must still be delivered.
      failure = error;
      return;
    }
    if (chunk['error']) {
      failure = badResponse('The model server reported an error in mid-stream.', new Error(data));
      return;
    }
    usage = usageOf(chunk) ?? usage;
    if (wanted || !('usage' in chunk)) {
      out += `data: ${data}\n\n`;
      return;
    }
    const { usage: _, ...rest } = chunk;
    // The chunk that contains only the usage.
    if (chunk['usage'] && Array.isArray(chunk['choices']) && chunk['choices'].length === 0) return;
    out += `data: ${JSON.stringify(rest)}\n\n`;
  };
  const onComment = (comment: string) => {
    out += `: ${comment.trim()}\n\n`;
  };
  const parser = createParser({ onEvent, onComment });

  return {
    feed(text: string): string {
      out = '';
      parser.feed(text);
      return out;
    },
    ended: () => ended || failure !== undefined,
    usage: () => usage,
    failure: () =>
      failure ?? (ended ? undefined : badResponse('The model server ended its stream early, without [DONE].')),
  };
}

/** Yields the pieces as they arrive, and a comment after each pause. */
async function* withHeartbeats(body: AsyncIterable<Buffer>, ms: number): AsyncGenerator<Buffer | typeof heartbeat> {
  const pieces = body[Symbol.asyncIterator]();
  const pull = () => {
    const piece = pieces.next();
    // It may reject while nothing awaits it.
    piece.catch(() => {});
    return piece;
  };
  let next = pull();
  for (;;) {
    const timer = Promise.withResolvers<typeof heartbeat>();
    const clock = setTimeout(() => timer.resolve(heartbeat), ms);
    const first = await Promise.race([next, timer.promise]).finally(() => clearTimeout(clock));
    if (first === heartbeat) yield heartbeat;
    else if (first.done) return;
    else {
      yield first.value;
      next = pull();
    }
  }
}
