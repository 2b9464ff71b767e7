import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';

export type EventStream = {
  /** @param id for callers that come back with it as Last-Event-ID; else events are counted */
  send(event: string, data: unknown, id?: string): void;
  /** Ends the response; nothing can be sent after. */
  end(): void;
};

/**
 * Opens a stream of server-sent events as the reply and flushes its headers at once. Event ids count from 1, where they have no others.
 *
 * @param heartbeatMs a comment goes out this long after the last event, so that nobody takes long work for a dead line
 */
export function openEventStream(reply: FastifyReply, heartbeatMs: number): EventStream {
  const stream = new PassThrough();
  let id = 0;
  const heartbeat = setInterval(() => stream.write(': still working\n\n'), heartbeatMs);
  const stop = () => clearInterval(heartbeat);
  stream.once('close', stop);
  void reply
    .headers({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      // nginx would collect the events otherwise.
      'x-accel-buffering': 'no',
    })
    .send(stream);
  return {
    send(event, data, ownId) {
      if (stream.destroyed || stream.writableEnded) return;
      heartbeat.refresh();
      // JSON has no raw line breaks, so one data line is always enough.
      stream.write(`id: ${ownId ?? ++id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    end() {
      stop();
      stream.end();
    },
  };
}
