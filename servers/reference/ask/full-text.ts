import type { Knex } from 'knex';

export type Scope = { ownerId: string; documentId?: string | undefined };

/** A piece of a document that may answer a question. */
export type Passage = {
  chunkId: string;
  documentId: string;
  documentName: string;
  position: number;
  text: string;
  /** Share of the question's words that the passage has, in [0, 1]; rare words weigh more. */
  coverage: number;
};

type Row = { id: string; document_id: string; name: string; position: number; text: string; coverage: number };

/**
 * Weighs the question's words by inverse document frequency over the readable documents, and finds the passages with
 * the most weight. A word that occurs nowhere weighs most, so a question about another subject gets a low coverage.
 */
const search = `
  WITH terms AS (
    SELECT lexeme, ('''' || replace(lexeme, '''', '''''') || '''')::tsquery AS query
      FROM unnest(to_tsvector('english', :question))
  ), readable AS (
    SELECT c.id, c.document_id, d.name, c.position, c.text, c.tsv
      FROM document_chunks c JOIN documents d ON d.id = c.document_id
     WHERE d.status = 'indexed' AND (d.owner_id = :ownerId OR d.scope = 'shared')
       AND (:documentId::uuid IS NULL OR d.id = :documentId)
  ), size AS (
    SELECT count(*)::float8 AS n FROM readable
  ), weighed AS (
    SELECT t.lexeme, t.query, ln(1 + (size.n + 1) / (0.5 + (SELECT count(*) FROM readable r WHERE r.tsv @@ t.query))) AS weight
      FROM terms t, size
  ), total AS (
    SELECT sum(weight) AS weight FROM weighed
  )
  SELECT r.id, r.document_id, r.name, r.position, r.text, sum(w.weight) / max(total.weight) AS coverage
    FROM readable r JOIN weighed w ON r.tsv @@ w.query CROSS JOIN total
   GROUP BY r.id, r.document_id, r.name, r.position, r.text
   ORDER BY coverage DESC, length(r.text), r.document_id, r.position
   LIMIT :limit`;

/** The readable passages that match a question's words best, best first. */
export async function searchText(knex: Knex, question: string, scope: Scope, limit: number): Promise<Passage[]> {
  const { rows } = await knex.raw<{ rows: Row[] }>(search, {
    question,
    ownerId: scope.ownerId,
    documentId: scope.documentId ?? null,
    limit,
  } as unknown as Record<string, string>);
  return rows.map(passage);
}

/** The passages with these ids that exist and are readable: the vector store may be out of date. */
export async function readPassages(knex: Knex, ids: readonly string[], { ownerId }: Scope): Promise<Passage[]> {
  if (ids.length === 0) return [];
  const { rows } = await knex.raw<{ rows: Omit<Row, 'coverage'>[] }>(
    `SELECT c.id, c.document_id, d.name, c.position, c.text
       FROM document_chunks c JOIN documents d ON d.id = c.document_id
      WHERE c.id = ANY (:ids) AND d.status = 'indexed' AND (d.owner_id = :ownerId OR d.scope = 'shared')`,
    { ids: [...ids], ownerId } as unknown as Record<string, string>,
  );
  return rows.map((row) => passage({ ...row, coverage: 0 }));
}

const passage = (row: Row): Passage => ({
  chunkId: row.id,
  documentId: row.document_id,
  documentName: row.name,
  position: row.position,
  text: row.text,
  coverage: row.coverage,
});
