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
  /** Called in the same transaction, if the document is new. */
  written(id: string, trx: Knex): Promise<void>;
};

/**
 * Stores a file and the job that indexes it, in one transaction. If the owner uploads the same bytes again for the same
 * readers, the existing document is returned; a document that had failed is replaced.
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
    // Of two concurrent uploads, the second waits here for the first.
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
    // Read inside the transaction, because a stored document must not be answered with an error of a later read.
    return { row: (await documentRows(trx).find(id)) as DocumentRow, jobId, duplicate: false };
  });
}

/** For an insert that returns no row, Knex resolves with the driver's result. */
const rowCount = (result: unknown): number => (result as { rowCount?: number }).rowCount ?? 0;

async function existing(trx: Knex, jobs: Jobs, same: Partial<DocumentRow>): Promise<Omit<Accepted, 'duplicate'>> {
  const row = await documentRows(trx).findSame(same);
  const job = row && (await jobs.rows.ofSubject(row.id));
  // The document was deleted meanwhile.
  if (!job) throw new ProblemError('unknown_document', 'The same document was being deleted; upload it again.');
  return { row: row as DocumentRow, jobId: job.id };
}
