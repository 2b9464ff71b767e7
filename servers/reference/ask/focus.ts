import type { Knex } from 'knex';
import { sentencesOf } from '../documents/chunks.ts';
import type { Passage } from './full-text.ts';

/** Scores sentences by the question's words in them; rare words weigh more. Sentences with none are left out. */
const score = `
  WITH sentences AS (
    SELECT place, to_tsvector('english', text) AS tsv FROM unnest(:texts::text[]) WITH ORDINALITY AS s (text, place)
  ), terms AS (
    SELECT ('''' || replace(lexeme, '''', '''''') || '''')::tsquery AS query
      FROM unnest(to_tsvector('english', :question))
  ), weighed AS (
    SELECT query, ln(1 + :size::float8 / (0.5 + (SELECT count(*) FROM sentences s WHERE s.tsv @@ t.query))) AS weight
      FROM terms t
  )
  SELECT place::int - 1 AS place, sum(weight) AS score
    FROM sentences s JOIN weighed w ON s.tsv @@ w.query GROUP BY place`;

/**
 * Reduces each passage to its sentences that match the question best, in their order: a small model finds an answer
 * among few facts better than among many.
 *
 * @param share the share of the best sentence's score that a sentence needs to be kept; 0 keeps all
 * @throws the driver's errors
 */
export async function focus(
  knex: Knex,
  question: string,
  passages: readonly Passage[],
  share: number,
): Promise<Passage[]> {
  if (share === 0 || passages.length === 0) return [...passages];
  const sentences = passages.flatMap((passage) => sentencesOf(passage.text).map((text) => ({ passage, text })));
  const texts = sentences.map(({ text }) => text);
  const { rows } = await knex.raw<{ rows: { place: number; score: number }[] }>(score, {
    question,
    texts,
    size: texts.length,
  } as unknown as Record<string, string>);
  const scores = new Map(rows.map(({ place, score }) => [place, score]));
  const least = share * Math.max(0, ...scores.values());
  const kept = sentences.filter((_, place) => (scores.get(place) ?? 0) >= least);
  return passages
    .map((passage) => ({
      ...passage,
      text: kept
        .filter((one) => one.passage === passage)
        .map(({ text }) => text)
        .join(' '),
    }))
    .filter(({ text }) => text !== '');
}
