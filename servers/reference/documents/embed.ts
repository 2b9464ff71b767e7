import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Knex } from 'knex';
import type { Config } from '../config.ts';
import { polling } from '../jobs/jobs.ts';
import type { CallContext, ModelClient } from '../model/client.ts';
import type { Platform } from '../platform/platform.ts';
import { currentTrace } from '../tracing/context.ts';
import { inJobSpan } from '../tracing/jobs.ts';
import type { VectorStore } from '../vectors/store.ts';
import type { DocumentRow, DocumentRows } from './rows.ts';

/** Texts per call. Larger calls are not faster, because model servers compute the texts one after the other. */
const batchSize = 32;
const embedQueue = 'documents.embed';
const forgetQueue = 'documents.forget';

type Dependencies = {
  config: Config;
  knex: Knex;
  platform: Platform;
  model: ModelClient;
  vectors: VectorStore | undefined;
  documents: DocumentRows;
  logger: FastifyBaseLogger;
};

/** The embedding model. Vectors of different models cannot be compared. */
export const embeddingModel = (config: Config): string => config.EMBEDDING_MODEL_ID ?? config.MODEL_ID;

/** Keeps the vector store up to date with the documents. Changes during an outage are made when the store is back. */
export async function createEmbedder({ config, knex, platform, model, vectors, documents, logger }: Dependencies) {
  const { boss } = platform;

  const embed = async (document: DocumentRow, signal: AbortSignal): Promise<void> => {
    if (!vectors) return;
    const chunks = await documents.chunks(document.id);
    const context: CallContext = {
      signal,
      trace: currentTrace(),
      requestId: randomUUID(),
      userId: document.owner_id,
      capability: 'documents',
    };
    // Checked before the model is called, so that a store that is down does not cost a computation at each try.
    await vectors.ping();
    const embeddings: number[][] = [];
    for (let at = 0; at < chunks.length; at += batchSize) {
      signal.throwIfAborted();
      // The document was deleted meanwhile, so the rest is not needed.
      if (!(await documents.find(document.id))) return;
      const texts = chunks.slice(at, at + batchSize).map(({ text }) => text);
      embeddings.push(...(await model.embed(texts, context)).vectors);
    }
    await vectors.replace(
      {
        documentId: document.id,
        ownerId: document.owner_id,
        shared: document.scope === 'shared',
        model: embeddingModel(config),
      },
      chunks.map(({ id }, index) => ({ chunkId: id, embedding: embeddings[index] ?? [] })),
    );
    // The document was deleted meanwhile, before these vectors could be seen.
    if ((await knex('documents').where({ id: document.id }).update({ embedded: true })) === 0)
      await vectors.forget(document.id);
  };

  const patient = { retryLimit: 1_000, retryDelay: 2, retryBackoff: true, retryDelayMax: 60, notify: true };
  for (const queue of [embedQueue, forgetQueue]) await boss.createQueue(queue, patient);
  const options = polling(config);
  await boss.work<{ id: string }>(embedQueue, options, async (batch) => {
    for (const { data, signal } of batch) {
      const document = await documents.find(data.id);
      if (document?.status === 'indexed')
        await inJobSpan('job documents.embed', undefined, () => embed(document, signal));
    }
  });
  await boss.work<{ id: string }>(forgetQueue, options, async (batch) => {
    for (const { data } of batch) await vectors?.forget(data.id);
  });

  return {
    embed,
    async embedLater(id: string): Promise<void> {
      await boss.send(embedQueue, { id }, { startAfter: 2 });
    },
    /** Deletes a document's vectors: now, or as soon as the store is back. */
    async forget(id: string): Promise<void> {
      await vectors?.forget(id).catch(async (err: unknown) => {
        logger.warn({ err, document_id: id }, 'the vectors of a deleted document have to wait');
        await boss.send(forgetQueue, { id }, { startAfter: 2 });
      });
    },
  };
}
