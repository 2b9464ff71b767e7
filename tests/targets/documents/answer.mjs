// Finds the passages of a member that have the words of a question, and has the model read the sentences that matter.
import { directions, reply } from './model.mjs';
import { sentencesOf } from './passages.mjs';
import { rowsOf } from './storage.mjs';

const silent = { reply: 'Your papers do not say.', sources: [] };

/** Of the words of the question, so many must be in a passage. */
const enough = 0.6;

const search = `
  WITH asked AS (SELECT tsvector_to_array(to_tsvector('english', $2)) AS words)
  SELECT p.ref, p.title, s.page, s.place, s.words, s.direction,
    (SELECT count(*) FROM unnest(asked.words) w WHERE w = ANY (tsvector_to_array(to_tsvector('english', s.words))))::float
      / greatest(1, cardinality(asked.words)) AS share
  FROM asked, passages s JOIN papers p ON p.ref = s.paper
  WHERE p.member = $1 AND ($3::uuid IS NULL OR p.ref = $3)
  ORDER BY share DESC, p.ref, s.place LIMIT 8`;

export async function answer(member, question, paper) {
  const found = (await rowsOf(search, [member.no, question, paper ?? null])).filter(({ share }) => share >= enough);
  if (found.length === 0) return silent;
  const best = found.filter(({ share }) => share === found[0].share);
  const [passage] = best.length > 1 ? await nearest(best, question) : best;
  const shown = matching(sentencesOf(passage.words), question);
  const said = await reply(shown.join(' '), question);
  const source = shown.find((sentence) => plain(sentence).includes(plain(said)));
  if (!source) return silent;
  const { ref, title, page, place } = passage;
  return { reply: said, sources: [{ paper: ref, title, page, place, passage: source }] };
}

/** Of equally good passages, first the one whose direction is the question's. */
async function nearest(passages, question) {
  const [direction] = await directions([question]);
  const near = ({ direction: its }) =>
    its && direction ? its.reduce((sum, value, at) => sum + value * direction[at], 0) : 0;
  return passages.toSorted((a, b) => near(b) - near(a));
}

const common = new Set(
  'a an and are at by did do does for from how in is it many much of on or the to was were what when where which who'.split(
    ' ',
  ),
);
const stems = (text) =>
  plain(text)
    .split(' ')
    .filter((word) => word && !common.has(word))
    .map((word) => word.replace(/(ing|ed|es|s)$/, ''));

/** The sentences with the most words of the question. A small model answers from few. */
function matching(sentences, question) {
  const asked = new Set(stems(question));
  const scored = sentences.map((sentence) => ({
    sentence,
    hits: stems(sentence).filter((word) => asked.has(word)).length,
  }));
  const top = Math.max(...scored.map(({ hits }) => hits));
  return scored.filter(({ hits }) => hits >= 0.9 * top).map(({ sentence }) => sentence);
}

const plain = (text) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
