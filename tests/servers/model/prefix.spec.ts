import { requirement } from '../../../fixtures/spec/requirements.ts';
import { createSequences } from '../../../servers/model/sequences.ts';
import {
  answer,
  bootModel,
  chat,
  expect,
  expectIdle,
  type Json,
  metric,
  slots,
  test,
} from '../../selfcheck/support/model-server.ts';

type Answer = {
  choices: { message: Json; logprobs: Json }[];
  usage: { prompt_tokens: number; prompt_tokens_details: { cached_tokens: number } };
};

const instructions =
  'Write one PostgreSQL query that answers the question.\ncustomers(id int, name text, country text)';
const questions = [
  'How many customers are there?',
  'Customers from Norway',
  'Show the names',
  'Countries, please',
  'ñ 小林',
];

const request = (question: string, rest: Json = {}): Json => ({
  ...chat(question, { logprobs: true, top_logprobs: 3, max_tokens: 24, ...rest }),
  messages: [
    { role: 'system', content: instructions },
    { role: 'user', content: question },
  ],
});

test(
  'a reused prompt prefix gives the same tokens and the same probabilities, to the last digit',
  requirement('STACK-04'),
  async () => {
    await using model = await bootModel();
    const ask = async (question: string, rest?: Json) => {
      const { choices, usage } = await answer<Answer>(`${model.url}/v1/chat/completions`, request(question, rest));
      return { choices, cached: usage.prompt_tokens_details.cached_tokens, read: usage.prompt_tokens };
    };
    const anew = [];
    for (const question of questions) anew.push(await ask(question, { cache_prompt: false }));
    expect(anew.map(({ cached }) => cached)).toEqual(questions.map(() => 0));

    const alone = [];
    for (const question of questions) alone.push(await ask(question));
    const together = await Promise.all([...questions, ...questions, ...questions].map((question) => ask(question)));
    expect(alone.map(({ choices }) => choices)).toEqual(anew.map(({ choices }) => choices));
    for (const [i, { choices }] of together.entries()) expect(choices).toEqual(anew[i % questions.length]?.choices);
    // The instructions are most of each prompt.
    for (const { cached, read } of alone) expect(cached).toBeGreaterThan(read / 2);
    expect(alone.every(({ cached, read }) => cached < read)).toBe(true);

    const counted = [...alone, ...together].reduce((sum, { cached }) => sum + cached, 0);
    expect(await metric(model, 'model_prompt_tokens_cached_total')).toBe(counted);
    await expectIdle(model);
  },
);

test('an aborted generation leaves no wrong state for later prompts', requirement('STACK-04'), async ({ model }) => {
  const ask = async (rest: Json = {}) => {
    const { choices } = await answer<Answer>(`${model.url}/v1/chat/completions`, request('Show the names', rest));
    return choices;
  };
  const expected = await ask({ cache_prompt: false });
  for (let round = 0; round < 2 * slots; round++) {
    const leaving = new AbortController();
    const cut = fetch(`${model.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request('Show the names', { stream: true, ignore_eos: true, max_tokens: 200 })),
      signal: leaving.signal,
    });
    await cut;
    leaving.abort();
    expect(await ask()).toEqual(expected);
  }
  await expectIdle(model);
});

/** A context that records its calls; `cuts`: whether its memory can be truncated. */
function notingContext(cuts = true) {
  const notes: string[] = [];
  const context = {
    removeTokenCellsFromSequence: (sequence: number, from: number) =>
      notes.push(`cut ${sequence} at ${from}`) > 0 && cuts,
    disposeSequence: (sequence: number) => void notes.push(`clear ${sequence}`),
  };
  return { notes, context: context as unknown as Parameters<typeof createSequences>[0] };
}

const tokens = (...list: number[]) => Uint32Array.from(list);

test('a prompt gets the sequence with the longest common prefix, else the least recently used one', () => {
  const { notes, context } = notingContext();
  const sequences = createSequences(context, 3);
  for (const prompt of [tokens(1, 2, 3, 4), tokens(1, 9, 9, 9), tokens(7, 7, 7, 7)]) {
    const { sequence } = sequences.take(prompt, true);
    sequences.give(sequence, prompt);
  }
  expect(sequences.take(tokens(1, 2, 3, 5), true)).toEqual({ sequence: 0, kept: 2 });
  expect(sequences.take(tokens(1, 9, 9, 9), true)).toEqual({ sequence: 1, kept: 2 });
  sequences.give(0, tokens(1, 2, 3, 5));
  // One token of four is not worth a sequence that others may want: number 2 was used before number 0.
  expect(sequences.take(tokens(1, 8, 8, 8), true)).toEqual({ sequence: 2, kept: 0 });
  expect(sequences.free()).toBe(1);
  expect(notes).toEqual(['clear 0', 'clear 1', 'clear 2', 'cut 0 at 2', 'cut 1 at 2', 'clear 2']);
});

test('no prompt prefix is reused where the request disables it, or where the model cannot truncate its memory', () => {
  const { notes, context } = notingContext(false);
  const sequences = createSequences(context, 1);
  sequences.give(sequences.take(tokens(1, 2, 3, 4), true).sequence, tokens(1, 2, 3, 4));
  expect(sequences.take(tokens(1, 2, 3, 4), true)).toEqual({ sequence: 0, kept: 0 });
  expect(notes).toEqual(['clear 0', 'cut 0 at 2', 'clear 0']);
  sequences.give(0, tokens(1, 2, 3, 4));
  expect(sequences.take(tokens(1, 2, 3, 4), false)).toEqual({ sequence: 0, kept: 0 });
});
