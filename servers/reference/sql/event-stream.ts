import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';

export type EventStream = {
  /** @param id for callers that reconnect with Last-Event-ID. Default: a counter */
  send(event: string, data: unknown, id?: string): void;
  /** Ends the response. */
  end(): void;
};

/**
 * Opens a stream of server-sent events as the reply, and flushes its headers at once. Event ids count from 1 by
 * default.
 *
 * @param heartbeatMs a comment is sent this long after the last event, so that proxies do not close an idle connection
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
      // Without this header, nginx would buffer the events.
      'x-accel-buffering': 'no',
    })
    .send(stream);
  return {
    send(event, data, ownId) {
      if (stream.destroyed || stream.writableEnded) return;
      heartbeat.refresh();
      // JSON contains no raw line breaks, so one data line is enough.
      stream.write(`id: ${ownId ?? ++id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    end() {
      stop();
      stream.end();
    },
  };
}
