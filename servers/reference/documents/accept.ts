import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { ProblemError } from '../errors/problem.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { inTransaction } from '../platform/transaction.ts';
import type { Received } from './receive.ts';
import { type DocumentRow, documentRows } from './rows.ts';

export const indexKind = 'documents.index';

type Accepted = { row: DocumentRow; jobId: string; duplicate: boolean };

type Upload = {
  file: Received;
  ownerId: string;
  scope: DocumentRow['scope'];
  /** Called in the same transaction where it is a new document. */
  written(id: string, trx: Knex): Promise<void>;
};

/**
 * Stores a file and the job that indexes it, both or neither. The same bytes again, from the same owner and for the
 * same readers, are the document that is there; one that had failed makes way.
 */
export async function acceptDocument(knex: Knex, jobs: Jobs, upload: Upload): Promise<Accepted> {
  const { file, ownerId, scope, written } = upload;
  return inTransaction(knex, async (trx) => {
    const { name, mediaType, bytes, sha256 } = file;
    const same = { owner_id: ownerId, sha256, scope };
    await trx('documents')
      .where({ ...same, status: 'failed' })
      .delete();
    const id = randomUUID();
    // Of two that arrive at once, the second waits here for the first.
    const inserted = await trx('documents')
      .insert({ id, ...same, name, media_type: mediaType, bytes, status: 'pending' })
      .onConflict(['owner_id', 'sha256', 'scope'])
      .ignore();
    if (rowCount(inserted) === 0) return { ...(await existing(trx, jobs, same)), duplicate: true };
    let position = 0;
    for await (const data of file.parts())
      await trx('document_parts').insert({ document_id: id, position: position++, data });
    const jobId = await jobs.add(trx, { kind: indexKind, owner_id: ownerId, subject: id });
    await written(id, trx);
    // Read in here: a document that is kept must not be refused because it could not be read afterwards.
    return { row: (await documentRows(trx).find(id)) as DocumentRow, jobId, duplicate: false };
  });
}

/** Knex answers an insert that returns nothing with the driver's result. */
const rowCount = (result: unknown): number => (result as { rowCount?: number }).rowCount ?? 0;

async function existing(trx: Knex, jobs: Jobs, same: Partial<DocumentRow>): Promise<Omit<Accepted, 'duplicate'>> {
  const row = await documentRows(trx).findSame(same);
  const job = row && (await jobs.rows.ofSubject(row.id));
  // Deleted in between.
  if (!job) throw new ProblemError('unknown_document', 'The same document was being deleted; upload it again.');
  return { row: row as DocumentRow, jobId: job.id };
}
