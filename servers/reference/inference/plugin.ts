import type { onRequestAsyncHookHandler } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Auth } from '../auth/types.ts';
import type { ModelAccess } from '../model/access.ts';
import { answerTogether } from '../orchestration/answer.ts';
import { presetsPlugin } from '../orchestration/plugin.ts';
import { presetsOf } from '../orchestration/presets.ts';
import type { Services } from '../services.ts';
import { modelRoutes } from './model-routes.ts';
import { type Endpoint, relay } from './relay.ts';
import { chatRequest, completionRequest, embeddingRequest } from './requests.ts';
import { answers, chatAnswer, completionAnswer, embeddingsAnswer } from './schemas.ts';

type Options = Services & ModelAccess & { auth: Auth | undefined };

/** The model server's limit: enough for the longest context of a small model, in any script. */
const bodyLimit = 4 * 1_024 * 1_024;

const chat: Endpoint = { purpose: 'chat', path: '/v1/chat/completions', member: 'choices' };
const completion: Endpoint = { purpose: 'completion', path: '/v1/completions', member: 'choices' };
const embedding: Endpoint = { purpose: 'embed', path: '/v1/embeddings', member: 'data' };

/** OpenAI's API: requests are passed on to a model backend, and its answers are returned unchanged. */
export const inferencePlugin: FastifyPluginAsyncZod<Options> = async (app, options) => {
  const { config, auth, lifecycle, model } = options;
  const presets = presetsOf(config);
  await app.register(presetsPlugin, { ...options, presets });
  await app.register(modelRoutes, options);

  const shared = { bodyLimit, ...(auth ? { onRequest: noticeUser(auth) } : {}) };
  app.post(
    '/v1/chat/completions',
    {
      ...shared,
      schema: {
        tags: ['models'],
        summary: 'Chat, with one model or several that work together',
        operationId: 'chat',
        body: chatRequest,
        response: answers('The answer', chatAnswer),
      },
    },
    async (request, reply) => {
      const { orchestration, ...body } = request.body;
      if (!orchestration) return relay(chat, body, options, request, reply);
      const together = { model, lifecycle, presets, heartbeatMs: config.SSE_HEARTBEAT_MS };
      return answerTogether(request.body, together, request, reply);
    },
  );
  app.post(
    '/v1/completions',
    {
      ...shared,
      schema: {
        tags: ['models'],
        summary: 'Continue a text',
        operationId: 'complete',
        body: completionRequest,
        response: answers('The continuation', completionAnswer),
      },
    },
    async (request, reply) => relay(completion, request.body, options, request, reply),
  );
  app.post(
    '/v1/embeddings',
    {
      ...shared,
      schema: {
        tags: ['models'],
        summary: 'Texts as vectors',
        operationId: 'embed',
        body: embeddingRequest,
        response: answers('One vector a text', embeddingsAnswer, false),
      },
    },
    async (request, reply) => relay(embedding, request.body, options, request, reply),
  );
};

/**
 * OpenAI's clients always send some key. If none is required, only keys with the form of an access token are checked.
 */
function noticeUser({ acceptUser }: Auth): onRequestAsyncHookHandler {
  return async function (request, reply) {
    const { authorization = '' } = request.headers;
    if (/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/i.test(authorization)) await acceptUser.call(this, request, reply);
  };
}
