import type { Knex } from 'knex';
import type { MediaType } from './media.ts';

export type DocumentRow = {
  id: string;
  owner_id: string;
  name: string;
  media_type: MediaType;
  bytes: number;
  sha256: string;
  scope: 'private' | 'shared';
  status: 'pending' | 'indexed' | 'failed';
  error: string | null;
  pages: number | null;
  embedded: boolean;
  created_at: Date;
  indexed_at: Date | null;
};

export type ChunkRow = { id: string; document_id: string; position: number; text: string };

/** All columns except the text, which may be long. */
const columns = [
  ...['id', 'owner_id', 'name', 'media_type', 'bytes', 'sha256', 'scope', 'status', 'error', 'pages'],
  ...['embedded', 'created_at', 'indexed_at'],
] as (keyof DocumentRow)[];

/** The documents that a user may read: the user's own, and the shared ones. */
export function documentRows(knex: Knex) {
  const readable = (userId: string) =>
    knex<DocumentRow>('documents').where((either) => either.where('owner_id', userId).orWhere('scope', 'shared'));
  return {
    find: (id: string) => knex<DocumentRow>('documents').select(columns).where({ id }).first(),
    findSame: (same: Partial<DocumentRow>) => knex<DocumentRow>('documents').select(columns).where(same).first(),
    findReadable: (userId: string, id: string) => readable(userId).select(columns).where({ id }).first(),
    list: (userId: string, limit: number, offset: number) =>
      readable(userId).select(columns).orderBy('created_at', 'desc').orderBy('id').limit(limit).offset(offset),
    async count(userId: string): Promise<number> {
      const [row] = await readable(userId).count({ total: '*' });
      return Number(row?.['total'] ?? 0);
    },
    /** A value that changes with the documents that this user's questions are answered from. */
    async corpus(userId: string, documentId?: string): Promise<string> {
      const query = readable(userId).where('status', 'indexed');
      if (documentId !== undefined) query.where({ id: documentId });
      const [row] = await query.select(
        knex.raw(`coalesce(md5(string_agg(id::text || embedded::text, ',' ORDER BY id)), 'empty') AS version`),
      );
      return (row as unknown as { version: string }).version;
    },
    async content(id: string): Promise<Buffer> {
      const parts = await knex('document_parts').select('data').where({ document_id: id }).orderBy('position');
      return Buffer.concat(parts.map(({ data }: { data: Buffer }) => data));
    },
    chunks: (id: string) => knex<ChunkRow>('document_chunks').where({ document_id: id }).orderBy('position'),
  };
}

export type DocumentRows = ReturnType<typeof documentRows>;
