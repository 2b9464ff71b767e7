import { codeTask, expect, needs, requirement, simple, test, withSystem } from '../../fixtures/index.ts';

const table = 'customers(id int, name text, email text, country text)';

test.describe('through the service as a gateway', needs('chat', 'started target'), () => {
  for (const [title, build] of [
    ['a greeting', (model: string) => simple(model)],
    ['a system message', (model: string) => withSystem(model, 'You answer in one sentence.', 'Who are you?')],
    ['a code task', (model: string) => codeTask(model, table, 'Which customers are from Spain?')],
    ['log probabilities', (model: string) => simple(model, 'Goodbye', { logprobs: true, top_logprobs: 2 })],
    ['several choices', (model: string) => simple(model, 'Goodbye', { n: 2 })],
    ['a cut answer', (model: string) => simple(model, 'Who are you?', { max_tokens: 3, stop: ['!'] })],
  ] as const)
    test(
      `${title} is answered as the model server itself answers, plain and streamed`,
      requirement('GATE-01'),
      async ({ chat, model, modelId, stack }) => {
        const ours = stack.reports.some(({ role, provider }) => role === 'model' && provider === 'embedded');
        const told = ours ? sameOf : (json: Json) => withoutFigures(sameOf(json));
        const request = build(modelId);
        const [through, direct] = [(await chat.chat(request)).body, (await model.chat(request)).body];
        expect(told(through)).toEqual(told(direct));
        for (const options of [{}, { stream_options: { include_usage: true } }]) {
          const chunksOf = async (client: typeof chat) =>
            (await (await client.chatStream({ ...request, ...options })).collect()).map(told);
          expect(merged(await chunksOf(chat))).toEqual(merged(await chunksOf(model)));
        }
      },
    );

  test(
    'completions, embeddings, the list of models and every refusal are the model server’s own',
    requirement('GATE-01', needs('completions', 'embeddings', 'chat.refusals')),
    async ({ chat, model, modelId }) => {
      const prompt = { model: modelId, prompt: 'SELECT count(*) FROM', temperature: 0, max_tokens: 6, logprobs: 2 };
      expect(sameOf((await chat.completions(prompt)).body)).toEqual(sameOf((await model.completions(prompt)).body));
      const texts = { model: modelId, input: ['one', 'two'] };
      expect(sameOf((await chat.embeddings(texts)).body)).toEqual(sameOf((await model.embeddings(texts)).body));
      // The service adds the state of a model where the server tells it in words of its own.
      expect((await chat.models()).body).toMatchObject((await model.models()).body);
      for (const wrong of [
        { ...simple(modelId), response_format: { type: 'json_object' } },
        { ...simple(modelId), logit_bias: { '99999': 1 } },
        simple(modelId, 'one two three '.repeat(3_000)),
      ]) {
        const answerOf = async (client: typeof chat): Promise<Answered> =>
          (await client.chat(wrong).catch(() => client.chatRefusal(wrong))) as Answered;
        const [ours, theirs] = [await answerOf(chat), await answerOf(model)];
        if (!ours.body.error || !theirs.body.error) {
          // What one server cannot, another can.
          expect(sameOf(ours.body)).toEqual(sameOf(theirs.body));
          continue;
        }
        expect([ours.status, ours.body.error.message]).toEqual([theirs.status, theirs.body.error.message]);
        // A server that has OpenAI's names for what went wrong keeps them; one that has a number gets the name.
        if (/^[a-z]/.test(String(theirs.body.error.code))) expect(ours.body).toEqual(theirs.body);
      }
    },
  );

  test('the request’s id reaches the caller', requirement('GATE-01'), async ({ chat, modelId }) => {
    const id = 'gate-01.made-by:caller';
    const { headers } = await chat.chat(simple(modelId), { headers: { 'x-request-id': id } });
    expect(headers['x-request-id']).toBe(id);
  });
});

type Json = Record<string, unknown>;
/** An answer, or a refusal. */
type Answered = { status: number; body: Json & { error?: { message: string; code?: unknown } } };

/** An answer, or a chunk of one, without what names this one answer, what it took, and how much of it was remembered. */
function sameOf({ id: _id, created: _created, timings: _timings, ...rest }: Json): Json {
  const { prompt_tokens_details: _details, ...usage } = (rest['usage'] ?? {}) as Json;
  return rest['usage'] ? { ...rest, usage } : rest;
}

/** Without log probabilities, which of most servers depend on what else is in the batch; their tokens stay. */
const withoutFigures = (json: Json): Json =>
  JSON.parse(JSON.stringify(json, (key, value) => (key === 'logprob' || key === 'top_logprobs' ? undefined : value)));

/** Chunks of the choices of one answer may come in any order among each other. */
const merged = (chunks: Json[]) =>
  Object.groupBy(chunks, (chunk) => String((chunk['choices'] as { index: number }[])[0]?.index ?? 'usage'));
