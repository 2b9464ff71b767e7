import { expect, isReference, needs, requirement, test } from '../../fixtures/index.ts';

test(
  'a completion continues its prompt, plain and streamed, and is recorded with its tokens',
  requirement('CHAT-01', needs('completions', 'state.model calls')),
  async ({ chat, modelId, recordedCalls }) => {
    const request = { model: modelId, prompt: 'SELECT COUNT(*) FROM', temperature: 0, max_tokens: 4 };
    const answer = await chat.completions(request);
    const { choices, usage } = answer.body;
    expect(choices[0]?.text).not.toBe('');
    expect(choices[0]?.finish_reason).toBe('length');
    const tokens = { prompt_tokens: usage?.prompt_tokens, completion_tokens: 4 };
    const call = {
      ...{ model: modelId, ok: true, ...tokens },
      ...(isReference ? { capability: 'completions', purpose: 'completion' } : {}),
    };
    expect(await recordedCalls(answer)).toEqual([expect.objectContaining(call)]);
    const streamed = await (await chat.completionStream(request)).collect();
    expect(streamed.map((chunk) => chunk.choices[0]?.text ?? '').join('')).toBe(choices[0]?.text);
  },
);

test(
  'embeddings come in the order of the texts, and each equals the embedding of its text alone',
  requirement('CHAT-01', needs('embeddings')),
  async ({ chat, modelId }) => {
    const input = ['How many customers are there?', 'What is the number of customers?', 'Goodbye'];
    const { data } = (await chat.embeddings({ model: modelId, input })).body;
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
    const vectors = data.map(({ embedding }) => embedding as number[]) as [number[], number[], number[]];
    for (const [index, text] of input.entries()) {
      const alone = (await chat.embeddings({ model: modelId, input: text })).body.data[0]?.embedding as number[];
      // On a GPU, what else is in the batch changes the last digits.
      for (const [other, vector] of vectors.entries())
        if (other === index) expect(cosine(alone, vector)).toBeGreaterThan(isReference ? 0.999_99 : 0.999);
        else expect(cosine(alone, vector)).toBeLessThan(0.999);
    }
  },
);

test(
  'embeddings are recorded with the tokens of their texts',
  requirement('CHAT-01', needs('embeddings', 'state.model calls')),
  async ({ chat, modelId, recordedCalls }) => {
    const answer = await chat.embeddings({ model: modelId, input: ['Hello', 'Goodbye'] });
    const { usage } = answer.body;
    const call = { model: modelId, ok: true, prompt_tokens: usage.prompt_tokens };
    const told = isReference ? { capability: 'embeddings', purpose: 'embed', completion_tokens: null } : {};
    expect(await recordedCalls(answer)).toEqual([expect.objectContaining({ ...call, ...told })]);
  },
);

function cosine(a: number[], b: number[]): number {
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
