import type { FastifyBaseLogger } from 'fastify';
import pg from 'pg';
import pgvector from 'pgvector';
import type { Config } from '../config.ts';

/** The embedding of a chunk by one model. */
type VectorOf = { chunkId: string; embedding: readonly number[] };
export type Neighbour = { chunkId: string /** Cosine, in [-1, 1]. */; similarity: number };

/** The documents to search: shared ones, a user's own, or only one document. */
type VectorScope = { ownerId: string; documentId?: string | undefined };
type Placement = { documentId: string; ownerId: string; shared: boolean; model: string };

export type VectorStore = {
  /** Replaces a document's vectors. */
  replace(placement: Placement, vectors: readonly VectorOf[]): Promise<void>;
  /** The nearest chunks, nearest first. */
  nearest(model: string, embedding: readonly number[], scope: VectorScope, limit: number): Promise<Neighbour[]>;
  forget(documentId: string): Promise<void>;
  ping(): Promise<void>;
  end(): Promise<void>;
};

type Settings = Pick<Config, 'VECTOR_SCHEMA' | 'VECTOR_TIMEOUT_MS' | 'VECTOR_POOL_MAX'>;

/**
 * A vector store in pgvector with its own connection pool, so that its failures are isolated. Connects at the first
 * use. All methods throw the driver's errors.
 */
export function openVectors(url: string, config: Settings, logger: FastifyBaseLogger): VectorStore {
  const schema = config.VECTOR_SCHEMA;
  const table = `"${schema}".chunk_vectors`;
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'plumbline-reference-vectors',
    max: config.VECTOR_POOL_MAX,
    connectionTimeoutMillis: config.VECTOR_TIMEOUT_MS,
    query_timeout: config.VECTOR_TIMEOUT_MS,
    keepAlive: true,
  });
  pool.on('error', (err) => logger.warn({ err }, 'idle connection to the vector store lost'));
  let prepared: Promise<void> | undefined;
  const ready = () => {
    prepared ??= prepare(pool, schema, table).catch((error: unknown) => {
      prepared = undefined;
      throw error;
    });
    return prepared;
  };

  return {
    async replace({ documentId, ownerId, shared, model }, vectors) {
      await ready();
      // One statement, so that no search finds half of a document, without an open transaction.
      await pool.query(
        `WITH gone AS (DELETE FROM ${table} WHERE document_id = $1 AND chunk_id <> ALL ($5::uuid[]))
         INSERT INTO ${table} (chunk_id, document_id, owner_id, shared, model, embedding)
         SELECT chunk_id, $1, $2, $3, $4, embedding::vector
           FROM unnest($5::uuid[], $6::text[]) AS new (chunk_id, embedding)
         ON CONFLICT (chunk_id) DO UPDATE SET model = excluded.model, embedding = excluded.embedding`,
        [
          documentId,
          ownerId,
          shared,
          model,
          vectors.map(({ chunkId }) => chunkId),
          vectors.map(({ embedding }) => pgvector.toSql([...embedding])),
        ],
      );
    },
    async nearest(model, embedding, { ownerId, documentId }, limit) {
      await ready();
      const { rows } = await pool.query<{ chunk_id: string; similarity: number }>(
        `SELECT chunk_id, 1 - (embedding <=> $2::vector) AS similarity FROM ${table}
          WHERE model = $1 AND (owner_id = $3 OR shared) AND ($4::uuid IS NULL OR document_id = $4)
          ORDER BY embedding <=> $2::vector, chunk_id LIMIT $5`,
        [model, pgvector.toSql([...embedding]), ownerId, documentId ?? null, limit],
      );
      return rows.map(({ chunk_id, similarity }) => ({ chunkId: chunk_id, similarity }));
    },
    async forget(documentId) {
      await ready();
      await pool.query(`DELETE FROM ${table} WHERE document_id = $1`, [documentId]);
    },
    async ping() {
      await pool.query('SELECT 1');
    },
    end: () => pool.end(),
  };
}

/**
 * The column has no fixed number of dimensions, because the embedding model is a setting. The scan is exact: for more
 * than some hundred thousand chunks, add an HNSW index on a cast to the model's dimensions.
 */
async function prepare(pool: pg.Pool, schema: string, table: string): Promise<void> {
  await pool.query('CREATE EXTENSION IF NOT EXISTS vector');
  await pool.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
  await pool.query(
    `CREATE TABLE IF NOT EXISTS ${table} (
       chunk_id uuid PRIMARY KEY, document_id uuid NOT NULL, owner_id uuid NOT NULL,
       shared boolean NOT NULL, model text NOT NULL, embedding vector NOT NULL)`,
  );
  await pool.query(`CREATE INDEX IF NOT EXISTS chunk_vectors_document ON ${table} (document_id)`);
}
