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

/** One of OpenAI's endpoints, as the model server has it too. */
export type Endpoint = {
  purpose: Extract<Purpose, 'chat' | 'completion' | 'embed'>;
  path: string;
  /** What every answer has. */
  member: 'choices' | 'data';
};

type Body = { model: string; stream?: boolean | null | undefined; stream_options?: unknown };

/** On whose behalf a request calls models. */
export const callContext = (request: FastifyRequest, reply: FastifyReply, lifecycle: Lifecycle): CallContext => ({
  signal: lifecycle.workSignal(reply),
  trace: request.trace,
  requestId: request.id,
  // Without a database of its own the service knows no users.
  userId: (request.user as FastifyRequest['user'] | undefined)?.id,
});

/**
 * Passes a request on to a model server and its answer back, untouched but for the usage of a stream whose caller did
 * not ask for it.
 *
 * @throws OpenAiError where the model server refused; ProblemError where it failed before it answered
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
  // A model that never stops sends signs of life for ever.
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
    // Not every server says which models there are.
    if (isUnknownModel(error)) await oneModel(body.model, backends.all, context.signal);
    throw error;
  }
  if (!streamed) return reply.type('application/json; charset=utf-8').send(await whole(exchange, endpoint));
  // It was asked for a stream; that it gives something else can still be told by the status.
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

/** The text of a whole answer, booked. */
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
