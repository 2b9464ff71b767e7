import { expect, needs, requirement, test } from '../../fixtures/index.ts';

test(
  'a completion continues its prompt, plain and streamed, and is recorded with its tokens',
  requirement('CHAT-01', needs('completions', 'started target')),
  async ({ chat, modelId, recordedCalls }) => {
    const request = { model: modelId, prompt: 'SELECT COUNT(*) FROM', temperature: 0, max_tokens: 4 };
    const answer = await chat.completions(request);
    const { choices, usage } = answer.body;
    expect(choices[0]?.text).not.toBe('');
    expect(choices[0]?.finish_reason).toBe('length');
    const tokens = { prompt_tokens: usage?.prompt_tokens, completion_tokens: 4 };
    const call = { capability: 'completions', purpose: 'completion', model: modelId, status: 'ok', ...tokens };
    expect(await recordedCalls(answer)).toEqual([expect.objectContaining(call)]);
    const streamed = await (await chat.completionStream(request)).collect();
    expect(streamed.map((chunk) => chunk.choices[0]?.text ?? '').join('')).toBe(choices[0]?.text);
  },
);

test(
  'embeddings come in the order of the texts, and each equals the embedding of its text alone',
  requirement('CHAT-01', needs('embeddings', 'started target')),
  async ({ chat, modelId, recordedCalls, watchMetrics }) => {
    const metrics = await watchMetrics();
    const input = ['How many customers are there?', 'What is the number of customers?', 'Goodbye'];
    const answer = await chat.embeddings({ model: modelId, input });
    const { data, usage } = answer.body;
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
    const vectors = data.map(({ embedding }) => embedding as number[]) as [number[], number[], number[]];
    for (const [index, text] of input.entries()) {
      const alone = (await chat.embeddings({ model: modelId, input: text })).body.data[0]?.embedding as number[];
      for (const [other, vector] of vectors.entries())
        if (other === index) expect(cosine(alone, vector)).toBeCloseTo(1, 5);
        else expect(cosine(alone, vector)).toBeLessThan(0.999);
    }
    const call = { capability: 'embeddings', purpose: 'embed', status: 'ok', completion_tokens: null };
    expect(await recordedCalls(answer)).toEqual([
      expect.objectContaining({ ...call, prompt_tokens: usage.prompt_tokens, model: modelId }),
    ]);
    expect(await metrics.increase('model_tokens_total', { purpose: 'embed', kind: 'completion' })).toBe(0);
  },
);

function cosine(a: number[], b: number[]): number {
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
