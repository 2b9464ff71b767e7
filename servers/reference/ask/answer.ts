import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Cache } from '../cache/cache.ts';
import type { DocumentRows } from '../documents/rows.ts';
import { ProblemError } from '../errors/problem.ts';
import type { CallContext } from '../model/client.ts';
import { styleOf, withoutReasoning } from '../model/style.ts';
import { tenths } from '../tenths.ts';
import { answerKey, cachedAnswers, type KeptAnswer, keepAnswer } from './cached-answers.ts';
import { cite } from './cite.ts';
import { focus } from './focus.ts';
import { instructPrompt } from './instruct-prompt.ts';
import { askPrompt, fitting, saysUnknown, unknownAnswer } from './prompt.ts';
import { type RetrieveDependencies, retrieve } from './retrieve.ts';
import type { AskAnswer, AskRequest, Citation } from './schemas.ts';

type AskEvents = {
  progress: { stage: 'retrieving' | 'generating' };
  token: { text: string };
  citations: { citations: Citation[] };
};
export type Tell = <Name extends keyof AskEvents>(event: Name, data: AskEvents[Name]) => void;

type AskDependencies = RetrieveDependencies & { cache: Cache; documents: DocumentRows };

type Context = CallContext & { userId: string; log: FastifyBaseLogger; tell: Tell };

const noUsage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

/** Refuses a question about a document that this user cannot read, or that has no text. */
export async function checkDocument(request: AskRequest, userId: string, documents: DocumentRows): Promise<void> {
  const { document_id: id } = request;
  if (id === undefined) return;
  const document = await documents.findReadable(userId, id);
  if (!document) throw new ProblemError('unknown_document', `There is no document ${id} for you.`);
  if (document.status !== 'indexed')
    throw new ProblemError('document_not_ready', `The document is ${document.status}, not indexed.`, {
      extra: { document_status: document.status },
    });
}

/**
 * Answers a question from the documents that the user may read, or says that they do not contain the answer.
 *
 * @throws ProblemError of the model or the database. A cache or vector store that is down is not needed
 */
export async function answerFromDocuments(
  request: AskRequest,
  dependencies: AskDependencies,
  context: Context,
): Promise<AskAnswer> {
  const { config, knex, documents, cache } = dependencies;
  const started = performance.now();
  const question = request.question.trim();
  const documentId = request.document_id;
  const corpus = await documents.corpus(context.userId, documentId);
  const key = answerKey({ question, model: config.MODEL_ID, corpus, documentId });
  const answers = cachedAnswers(cache);
  const compose = (
    kept: KeptAnswer,
    rest: Pick<AskAnswer, 'cached' | 'usage'>,
    times: [number, number],
  ): AskAnswer => ({
    id: randomUUID(),
    question,
    ...kept,
    ...rest,
    model: config.MODEL_ID,
    timings: {
      retrieve_ms: tenths(times[0]),
      generate_ms: tenths(times[1]),
      total_ms: tenths(performance.now() - started),
    },
  });

  const known = await answers.get(key);
  if (known) {
    context.tell('token', { text: known.answer });
    context.tell('citations', { citations: known.citations });
    return compose(known, { cached: true, usage: noUsage }, [0, 0]);
  }

  context.tell('progress', { stage: 'retrieving' });
  const retrieving = performance.now();
  const found = await retrieve(question, { ownerId: context.userId, documentId }, dependencies, context);
  const best = fitting(found, { passages: config.ASK_MAX_PASSAGES, words: config.ASK_MAX_WORDS });
  const passages = await focus(knex, question, best, config.ASK_FOCUS);
  const generating = performance.now();
  const { kept, usage } = await read(question, passages, dependencies, context);
  const ended = performance.now();
  await keepAnswer(knex, answers, key, kept).catch((err: unknown) => context.log.warn({ err }, 'answer not cached'));
  return compose(kept, { cached: false, usage }, [generating - retrieving, ended - generating]);
}

/** Asks the model about the passages; without passages the model is not called. */
async function read(
  question: string,
  passages: Awaited<ReturnType<typeof retrieve>>,
  { config, model }: AskDependencies,
  context: Context,
): Promise<{ kept: KeptAnswer; usage: AskAnswer['usage'] }> {
  if (passages.length === 0) {
    context.tell('token', { text: unknownAnswer });
    context.tell('citations', { citations: [] });
    return { kept: { answer: unknownAnswer, answered: false, citations: [] }, usage: noUsage };
  }
  context.tell('progress', { stage: 'generating' });
  const bundled = styleOf(config, config.MODEL_ID) === 'bundled';
  const completion = await model.complete(
    {
      purpose: 'answer',
      messages: (bundled ? askPrompt : instructPrompt)(question, passages),
      maxTokens: config.ASK_MAX_TOKENS,
      onText: (text) => context.tell('token', { text }),
    },
    context,
  );
  const answer = bundled ? completion.text : withoutReasoning(completion.text);
  const answered = !saysUnknown(answer) && answer.trim() !== '';
  const citations = answered ? cite(answer, question, passages) : [];
  context.tell('citations', { citations });
  return { kept: { answer, answered, citations }, usage: completion.usage ?? noUsage };
}
