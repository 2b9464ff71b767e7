import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Knex } from 'knex';
import type { Config } from '../config.ts';
import { JobFailure, type Work } from '../jobs/jobs.ts';
import { chunksOf } from './chunks.ts';
import { type Extracted, extractText } from './extract.ts';
import type { ChunkRow, DocumentRow, DocumentRows } from './rows.ts';

type Dependencies = {
  config: Config;
  knex: Knex;
  documents: DocumentRows;
  logger: FastifyBaseLogger;
  /** Puts the vectors of an indexed document into their store. */
  embed(document: DocumentRow, signal: AbortSignal): Promise<void>;
  /** Schedules another try of `embed`. */
  embedLater(documentId: string): Promise<void>;
};

/** Makes a document's text searchable. It can be repeated from any point: it replaces what an earlier try stored. */
export function indexWork({ config, knex, documents, logger, embed, embedLater }: Dependencies): Work {
  return {
    async run({ subject, signal, progress }) {
      const document = await documents.find(subject);
      if (!document) throw new JobFailure('document_deleted', 'The document was deleted.');
      if (document.status !== 'indexed') {
        const extracted = await extractText(await documents.content(document.id), document.media_type, {
          timeoutMs: config.DOCUMENT_EXTRACT_TIMEOUT_MS,
          maxCharacters: config.DOCUMENT_MAX_CHARACTERS,
          signal,
        });
        await progress(40);
        await store(document, extracted);
      }
      await progress(60);
      // From now on full text finds the document, even if the vector store or its model is down.
      await embed(document, signal).catch(async (err: unknown) => {
        if (signal.aborted) throw err;
        logger.warn({ err, document_id: document.id }, 'the vectors of a document have to wait');
        await embedLater(document.id);
      });
      await progress(90);
    },

    /** The bytes of a document that failed are not needed any more. */
    async abandon(id, { message }) {
      await knex.transaction(async (trx) => {
        await trx('documents').where({ id }).update({ status: 'failed', error: message });
        await trx('document_parts').where({ document_id: id }).delete();
      });
    },
  };

  async function store({ id }: DocumentRow, { text, pages }: Extracted): Promise<void> {
    const chunks: ChunkRow[] = chunksOf(text, config.DOCUMENT_CHUNK_WORDS).map((chunk, position) => ({
      id: randomUUID(),
      document_id: id,
      position,
      text: chunk,
    }));
    await knex.transaction(async (trx) => {
      // The lock makes a concurrent deletion wait, so that it deletes these chunks too.
      const there = await trx('documents').where({ id }).forUpdate().first('id');
      if (!there) throw new JobFailure('document_deleted', 'The document was deleted.');
      await trx('document_chunks').where({ document_id: id }).delete();
      await trx.batchInsert('document_chunks', chunks, 500);
      await trx('documents').where({ id }).update({ text, pages, status: 'indexed', indexed_at: trx.fn.now() });
      await trx('document_parts').where({ document_id: id }).delete();
    });
  }
}
