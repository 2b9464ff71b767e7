import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BackendPool } from '../backends/pool.ts';
import type { Config } from '../config.ts';
import type { CallContext, Purpose } from '../model/calls.ts';
import { idleDeadline } from '../model/deadline.ts';
import { badResponse, bodyStart } from '../model/failures.ts';
import type { Exchange, Send } from '../model/send.ts';
import type { Lifecycle } from '../operations/lifecycle.ts';
import { OpenAiError } from './errors.ts';
import { oneModel } from './models.ts';
import { relayStream } from './stream.ts';
import { asObject, readWhole, refusal, usageOf } from './upstream.ts';

export type RelayOptions = { config: Config; send: Send; lifecycle: Lifecycle; backends: BackendPool };

/** An endpoint of OpenAI's API that the model server has too. */
export type Endpoint = {
  purpose: Extract<Purpose, 'chat' | 'completion' | 'embed'>;
  path: string;
  /** The fields that every answer must have. */
  member: 'choices' | 'data';
};

type Body = { model: string; stream?: boolean | null | undefined; stream_options?: unknown };

/** The caller of a request, for the records of its model calls. */
export const callContext = (request: FastifyRequest, reply: FastifyReply, lifecycle: Lifecycle): CallContext => ({
  signal: lifecycle.workSignal(reply),
  trace: request.trace,
  requestId: request.id,
  // A service without its own database has no users.
  userId: (request.user as FastifyRequest['user'] | undefined)?.id,
});

/**
 * Passes a request on to a model server, and returns its answer unchanged. Only the usage of a stream is removed, if
 * the caller did not ask for it.
 *
 * @throws OpenAiError if the model server refused; ProblemError if it failed before it answered
 */
export async function relay(
  endpoint: Endpoint,
  body: Body,
  { config, send, lifecycle, backends }: RelayOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const context = callContext(request, reply, lifecycle);
  const streamed = body.stream === true;
  const asked = { ...(body.stream_options as object | undefined), include_usage: true };
  // A model that never stops is never silent, so a limit on silence is not enough.
  const deadline = idleDeadline(config.MODEL_TIMEOUT_MS, streamed ? config.MODEL_STREAM_TIMEOUT_MS : undefined);
  const exchange = await send(
    {
      purpose: endpoint.purpose,
      model: body.model,
      path: endpoint.path,
      accept: streamed ? 'text/event-stream' : 'application/json',
      body: streamed ? { ...body, stream_options: asked } : body,
      deadline,
    },
    context,
  );
  if (exchange.response.statusCode !== 200) {
    const error = await refused(exchange);
    // Not every server lists its models.
    if (isUnknownModel(error)) await oneModel(body.model, backends.all, context.signal);
    throw error;
  }
  if (!streamed) return reply.type('application/json; charset=utf-8').send(await whole(exchange, endpoint));
  // The server was asked for a stream. An answer of another type can still be reported with the status.
  const type = [exchange.response.headers['content-type']].flat()[0] ?? 'nothing';
  if (!type.startsWith('text/event-stream')) {
    exchange.response.body.destroy();
    throw await exchange.broke(
      badResponse(`The model server answered with ${type.slice(0, 80)}, not an event stream.`),
    );
  }
  const wanted = (body.stream_options as { include_usage?: boolean } | null | undefined)?.include_usage === true;
  const { SSE_HEARTBEAT_MS: heartbeatMs, SSE_READER_TIMEOUT_MS: readerTimeoutMs } = config;
  return relayStream(exchange, { deadline, wanted, heartbeatMs, readerTimeoutMs, request }, reply);
}

/** Reads a plain answer, and records its call. */
async function whole(exchange: Exchange, { member }: Endpoint): Promise<string> {
  try {
    const text = await readWhole(exchange.response.body);
    const answer = asObject(text);
    if (!Array.isArray(answer[member])) throw badResponse(`The model server sent an answer without '${member}'.`);
    await exchange.done(usageOf(answer));
    return text;
  } catch (error) {
    throw await exchange.broke(error);
  }
}

const isUnknownModel = (error: unknown): boolean => error instanceof OpenAiError && error.code === 'model_not_found';

async function refused(exchange: Exchange): Promise<unknown> {
  try {
    const error = refusal(exchange.response.statusCode, await bodyStart(exchange.response.body));
    await exchange.refused(error.code ?? 'refused');
    return error;
  } catch (error) {
    return exchange.broke(error);
  }
}
