import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callContext } from '../inference/relay.ts';
import type { ChatRequest } from '../inference/requests.ts';
import { done, errorEvent, streamHeaders } from '../inference/stream.ts';
import type { ModelClient } from '../model/client.ts';
import type { Lifecycle } from '../operations/lifecycle.ts';
import { planOf } from './plan.ts';
import type { Preset } from './presets.ts';
import { orchestrate, type Plan } from './run.ts';

type Options = {
  model: ModelClient;
  lifecycle: Lifecycle;
  presets: ReadonlyMap<string, Preset>;
  heartbeatMs: number;
};

/**
 * Answers a chat request that several models work on.
 *
 * @throws OpenAiError 400; ProblemError of the model. A stream ends with an error event instead
 */
export async function answerTogether(
  body: ChatRequest,
  { model, lifecycle, presets, heartbeatMs }: Options,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const plan = planOf(body, presets);
  const context = callContext(request, reply, lifecycle);
  const identity = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1_000), model: plan.generator };
  if (!body.stream) {
    const { text, finishReason, usage, report } = await orchestrate(plan, model, context, { step() {}, text() {} });
    const message = { role: 'assistant', content: text, refusal: null };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReason }];
    const answer = { ...identity, object: 'chat.completion', choices, usage, orchestration: report };
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
  }
  const stream = new PassThrough();
  const wanted = body.stream_options?.include_usage === true;
  void streamed(plan, { model, context, identity, wanted, heartbeatMs }, stream).catch((error: unknown) => {
    request.log.warn({ err: error }, 'stream ended with an error');
    stream.end(errorEvent(error));
  });
  return reply.headers(streamHeaders).send(stream);
}

type StreamOptions = {
  model: ModelClient;
  context: ReturnType<typeof callContext>;
  identity: { id: string; created: number; model: string };
  wanted: boolean;
  heartbeatMs: number;
};

/** Steps are sent as comments, which OpenAI's clients skip. The chunk with the finish reason has the report. */
async function streamed(plan: Plan, options: StreamOptions, stream: PassThrough): Promise<void> {
  const { model, context, identity, wanted, heartbeatMs } = options;
  const head = { ...identity, object: 'chat.completion.chunk' };
  const heartbeat = setInterval(() => stream.write(': still working\n\n'), heartbeatMs);
  stream.once('close', () => clearInterval(heartbeat));
  const send = (chunk: object) => {
    heartbeat.refresh();
    stream.write(
      `data: ${JSON.stringify({ ...head, ...chunk, ...(wanted && !('usage' in chunk) ? { usage: null } : {}) })}\n\n`,
    );
  };
  const choice = (delta: object, finish: string | null = null) => ({
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  });
  try {
    send(choice({ role: 'assistant', content: '' }));
    const outcome = await orchestrate(plan, model, context, {
      step: (stage, by) => stream.write(`: ${stage} by ${by}\n\n`),
      text: (text) => send(choice({ content: text })),
    });
    send({ ...choice({}, outcome.finishReason), orchestration: outcome.report });
    if (wanted) send({ choices: [], usage: outcome.usage });
    stream.end(done);
  } finally {
    clearInterval(heartbeat);
  }
}
