import { z } from 'zod';
import type { DocumentRow } from './rows.ts';

export const documentSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    media_type: z.enum(['application/pdf', 'text/plain']).describe('By what is in it, not by what was declared'),
    bytes: z.number().int().nonnegative(),
    sha256: z.string(),
    scope: z.enum(['private', 'shared']).describe('Whose questions it answers: its owner’s, or everybody’s'),
    status: z.enum(['pending', 'indexed', 'failed']),
    error: z.string().nullable().describe('Why there is no text of it'),
    pages: z.number().int().nullable(),
    created_at: z.iso.datetime(),
    indexed_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Document' });

export const uploaded = z
  .object({
    document: documentSchema,
    job: z.object({ id: z.uuid(), status_url: z.string(), events_url: z.string() }),
    duplicate: z.boolean().describe('Whether the same bytes were there already'),
  })
  .meta({ id: 'UploadedDocument' });

export const documentList = z
  .object({
    items: z.array(documentSchema),
    total: z.number().int().nonnegative(),
    limit: z.number().int(),
    offset: z.number().int(),
  })
  .meta({ id: 'DocumentList' });

export const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});

/** The API's view of a document. */
export const documentOf = (row: DocumentRow): z.output<typeof documentSchema> => ({
  id: row.id,
  name: row.name,
  media_type: row.media_type,
  bytes: row.bytes,
  sha256: row.sha256,
  scope: row.scope,
  status: row.status,
  error: row.error,
  pages: row.pages,
  created_at: row.created_at.toISOString(),
  indexed_at: row.indexed_at?.toISOString() ?? null,
});

/** The answer to an upload. */
export const uploadedOf = (row: DocumentRow, jobId: string, duplicate: boolean): z.output<typeof uploaded> => ({
  document: documentOf(row),
  job: { id: jobId, status_url: `/api/v1/jobs/${jobId}`, events_url: `/api/v1/jobs/${jobId}/events` },
  duplicate,
});
