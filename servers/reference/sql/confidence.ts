import type { Token } from '../model/chunks.ts';

/** The confidence without log probabilities. */
const unknown = 0.5;

/** The probability of an answer as a whole: the product of its tokens' probabilities. */
export function jointProbability(tokens: readonly Token[]): number {
  if (tokens.length === 0) return unknown;
  return Math.exp(tokens.reduce((sum, { logprob }) => sum + logprob, 0));
}

/** The geometric mean of the tokens' probabilities, which does not depend on the length. */
function meanProbability(tokens: readonly Token[]): number {
  if (tokens.length === 0) return unknown;
  return Math.exp(tokens.reduce((sum, { logprob }) => sum + logprob, 0) / tokens.length);
}

/** The tokens of `part` in an answer; all tokens if it is not found. */
export function tokensOf(part: string, answer: string, tokens: readonly Token[]): readonly Token[] {
  const start = answer.indexOf(part);
  if (start < 0) return tokens;
  const end = start + part.length;
  let at = 0;
  const inside = tokens.filter(({ text }) => {
    const from = at;
    at += text.length;
    return from < end && at > start;
  });
  return inside.length > 0 ? inside : tokens;
}

/**
 * The confidence of an answer: the probability of the chosen database times the geometric mean of the probabilities of
 * the SQL's tokens, rounded to four digits.
 */
export function confidence(route: number, sqlTokens: readonly Token[]): number {
  return rounded(Math.min(1, Math.max(0, route * meanProbability(sqlTokens))));
}

/** The confidence if the router answers that no database fits: the probability that it is wrong, at most one half. */
export const confidenceInNone = (none: number): number => rounded(Math.min(0.5, Math.max(0, 1 - none)));

/** Rounds a probability to four digits. */
export const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
