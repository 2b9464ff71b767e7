import {
  chatRequest,
  expect,
  modelProvider,
  needs,
  requirement,
  sqlChatRequest,
  systemChatRequest,
  test,
} from '../../fixtures/index.ts';

const table = 'customers(id int, name text, email text, country text)';

test.describe('gateway to the model server', needs('chat', 'gateway', 'scripted model'), () => {
  for (const [what, needed, build] of [
    ['a greeting', 'chat', (model: string) => chatRequest(model)],
    [
      'a chat with a system message',
      'chat',
      (model: string) => systemChatRequest(model, 'You answer in one sentence.', 'Who are you?'),
    ],
    ['a code task', 'chat', (model: string) => sqlChatRequest(model, table, 'Which customers are from Spain?')],
    [
      'a chat with log probabilities',
      'chat.logprobs',
      (model: string) => chatRequest(model, 'Goodbye', { logprobs: true, top_logprobs: 2 }),
    ],
    ['a chat with two choices', 'chat.n', (model: string) => chatRequest(model, 'Goodbye', { n: 2 })],
    [
      'a chat with a stop string and a token limit',
      'chat.stop',
      (model: string) => chatRequest(model, 'Who are you?', { max_tokens: 3, stop: ['!'] }),
    ],
  ] as const)
    test(
      `the gateway answers ${what} exactly as the model server does, plain and streamed`,
      requirement('GATE-01', needs(needed)),
      async ({ chat, model, modelId }) => {
        // The embedded server computes them alike in any batch.
        const comparable =
          modelProvider === 'embedded' ? withoutIds : (json: Json) => withoutLogprobs(withoutIds(json));
        const request = build(modelId);
        const [through, direct] = [(await chat.chat(request)).body, (await model.chat(request)).body];
        expect(comparable(through)).toEqual(comparable(direct));
        for (const options of [{}, { stream_options: { include_usage: true } }]) {
          const chunksOf = async (client: typeof chat) =>
            (await (await client.chatStream({ ...request, ...options })).collect()).map(comparable);
          expect(byChoice(await chunksOf(chat))).toEqual(byChoice(await chunksOf(model)));
        }
      },
    );

  test(
    'the gateway passes on completions, embeddings, models and refusals of the model server unchanged',
    requirement('GATE-01', needs('completions', 'embeddings', 'chat.refusals')),
    async ({ chat, model, modelId }) => {
      const prompt = { model: modelId, prompt: 'SELECT count(*) FROM', temperature: 0, max_tokens: 6, logprobs: 2 };
      expect(withoutIds((await chat.completions(prompt)).body)).toEqual(
        withoutIds((await model.completions(prompt)).body),
      );
      const texts = { model: modelId, input: ['one', 'two'] };
      expect(withoutIds((await chat.embeddings(texts)).body)).toEqual(withoutIds((await model.embeddings(texts)).body));
      // The service adds the state of each model, translated from the words of the model server.
      expect((await chat.models()).body).toMatchObject((await model.models()).body);
      for (const wrong of [
        { ...chatRequest(modelId), response_format: { type: 'json_object' } },
        { ...chatRequest(modelId), logit_bias: { '99999': 1 } },
        chatRequest(modelId, 'one two three '.repeat(3_000)),
      ]) {
        const answerOf = async (client: typeof chat): Promise<Answered> =>
          (await client.chat(wrong).catch(() => client.chatRefusal(wrong))) as Answered;
        const [viaGateway, direct] = [await answerOf(chat), await answerOf(model)];
        if (!viaGateway.body.error || !direct.body.error) {
          // Some model servers can do what others refuse.
          expect(withoutIds(viaGateway.body)).toEqual(withoutIds(direct.body));
          continue;
        }
        expect([viaGateway.status, viaGateway.body.error.message]).toEqual([direct.status, direct.body.error.message]);
        // OpenAI's error codes are passed on unchanged; a number in their place is replaced by OpenAI's code.
        if (/^[a-z]/.test(String(direct.body.error.code))) expect(viaGateway.body).toEqual(direct.body);
      }
    },
  );

  test(
    'the gateway returns the X-Request-Id of the caller',
    requirement('GATE-01', needs('gateway.requestIds')),
    async ({ chat, modelId }) => {
      const id = 'gate-01.made-by:caller';
      const { headers } = await chat.chat(chatRequest(modelId), { headers: { 'x-request-id': id } });
      expect(headers['x-request-id']).toBe(id);
    },
  );
});

type Json = Record<string, unknown>;
/** An answer, or a refusal. */
type Answered = { status: number; body: Json & { error?: { message: string; code?: unknown } } };

/** An answer or a chunk without its id, its times and the details of the prompt cache, which differ from call to call. */
function withoutIds({ id: _id, created: _created, timings: _timings, ...rest }: Json): Json {
  const { prompt_tokens_details: _details, ...usage } = (rest['usage'] ?? {}) as Json;
  return rest['usage'] ? { ...rest, usage } : rest;
}

/** Keeps the tokens but not their log probabilities, which on most servers depend on what else is in the batch. */
const withoutLogprobs = (json: Json): Json =>
  JSON.parse(JSON.stringify(json, (key, value) => (key === 'logprob' || key === 'top_logprobs' ? undefined : value)));

/** Groups chunks by their choice, because chunks of different choices may arrive in any order. */
const byChoice = (chunks: Json[]) =>
  Object.groupBy(chunks, (chunk) => String((chunk['choices'] as { index: number }[])[0]?.index ?? 'usage'));
