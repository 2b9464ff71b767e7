import type { FastifyBaseLogger } from 'fastify';
import type { Knex } from 'knex';
import type { Config } from '../config.ts';
import { embeddingModel } from '../documents/embed.ts';
import type { CallContext, ModelClient } from '../model/client.ts';
import type { Neighbour, VectorStore } from '../vectors/store.ts';
import { type Passage, readPassages, type Scope, searchText } from './full-text.ts';

const candidates = 20;
/** The constant k of reciprocal rank fusion, with its usual value. */
const fusion = 60;
/** A passage with a smaller share of the best passage's coverage is left out, even if its vector is near. */
const relative = 0.8;

export type RetrieveDependencies = {
  config: Config;
  knex: Knex;
  model: ModelClient;
  vectors: VectorStore | undefined;
};

/**
 * Finds the passages for a question, best first: by full text and by vectors, with their ranks fused. If vectors are
 * not available, by full text alone.
 *
 * @returns an empty list if no passage is relevant
 */
export async function retrieve(
  question: string,
  scope: Scope,
  { config, knex, model, vectors }: RetrieveDependencies,
  context: CallContext & { log: FastifyBaseLogger },
): Promise<Passage[]> {
  const [byWords, byVectors] = await Promise.all([
    searchText(knex, question, scope, candidates),
    vectors ? neighbours(question, scope, { config, model, vectors }, context) : [],
  ]);
  const known = new Map(byWords.map((passage) => [passage.chunkId, passage]));
  const unknown = byVectors.map(({ chunkId }) => chunkId).filter((id) => !known.has(id));
  for (const passage of await readPassages(knex, unknown, scope)) known.set(passage.chunkId, passage);

  const similarity = new Map(byVectors.map(({ chunkId, similarity }) => [chunkId, similarity]));
  const least = Math.max(config.ASK_MIN_COVERAGE, relative * (byWords[0]?.coverage ?? 0));
  const useful = (passage: Passage): boolean =>
    passage.coverage >= least || (similarity.get(passage.chunkId) ?? 0) >= config.ASK_MIN_SIMILARITY;
  const score = fuse(
    byWords.map(({ chunkId }) => chunkId),
    byVectors.map(({ chunkId }) => chunkId),
  );
  return [...known.values()].filter(useful).sort((a, b) => (score.get(b.chunkId) ?? 0) - (score.get(a.chunkId) ?? 0));
}

/** An empty list if the vector store does not answer, because an answer does not need it. */
async function neighbours(
  question: string,
  scope: Scope,
  { config, model, vectors }: { config: Config; model: ModelClient; vectors: VectorStore },
  context: CallContext & { log: FastifyBaseLogger },
): Promise<Neighbour[]> {
  const lost = (err: unknown): Neighbour[] => {
    if (context.signal.aborted) throw context.signal.reason;
    context.log.warn({ err }, 'retrieving without vectors');
    return [];
  };
  const { vectors: embeddings } = await model.embed([question], { ...context, capability: 'ask' });
  return vectors.nearest(embeddingModel(config), embeddings[0] ?? [], scope, candidates).catch(lost);
}

/** Reciprocal rank fusion: passages that rank high in both lists come first. */
function fuse(...rankings: readonly (readonly string[])[]): Map<string, number> {
  const scores = new Map<string, number>();
  for (const ranking of rankings)
    for (const [rank, id] of ranking.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (fusion + rank + 1));
  return scores;
}
