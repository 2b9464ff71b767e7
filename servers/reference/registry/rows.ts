import type { ModelBody, RegisteredModel } from './schemas.ts';

/** A row of `registered_models`. */
export type ModelRow = Omit<RegisteredModel, 'created_at' | 'updated_at'> & { created_at: Date; updated_at: Date };

export const asModel = (row: ModelRow): RegisteredModel => ({
  ...row,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

/** The fields of a row that a client may write. */
export const writable = ({
  name,
  version,
  served_id,
  description,
  tags,
  parameters,
  status,
}: ModelRow | ModelBody): ModelBody => ({ name, version, served_id, description, tags, parameters, status });

/** A strong ETag: the number of the write that made this state. */
export const etagOf = ({ revision }: Pick<RegisteredModel, 'revision'>): string => `"${revision}"`;

/** Whether an `If-Match` or `If-None-Match` names this state. Weak tags never match: writes need a strong one. */
export const etagMatches = (header: string, etag: string): boolean =>
  header.split(',').some((part) => part.trim() === '*' || part.trim() === etag);
