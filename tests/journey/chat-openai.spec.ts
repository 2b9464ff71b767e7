import { expect, expectOfModel, isReference, needs, requirement, test } from '../../fixtures/index.ts';

const messages = [{ role: 'user', content: 'Hello, respond briefly' }] as const;

test.describe('the OpenAI client', needs('models', 'chat'), () => {
  test(
    'the OpenAI client lists the models and retrieves one of them',
    requirement('CHAT-11', 'MODELS-01', needs('models.read')),
    async ({ openai: { connect }, modelId }) => {
      const openai = connect();
      const ids = (await Array.fromAsync(await openai.models.list())).map(({ id }) => id);
      expect(ids).toContain(modelId);
      expect((await openai.models.retrieve(modelId)).id).toBe(modelId);
    },
  );

  test(
    'the OpenAI client gets the same chat answer plain and streamed',
    requirement('CHAT-11', needs('chat.streaming')),
    async ({ openai: { connect }, modelId }) => {
      const openai = connect();
      const request = { model: modelId, messages: [...messages], temperature: 0, max_tokens: 32 };
      const answer = await openai.chat.completions.create(request);
      const [choice] = answer.choices;
      await expectOfModel(() => {
        expect(choice?.finish_reason).toBe('stop');
        expect(choice?.message.content).toBeTruthy();
      });

      const options = { include_usage: true };
      const stream = await openai.chat.completions.create({ ...request, stream: true, stream_options: options });
      const chunks = await Array.fromAsync(stream);
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(choice?.message.content);
      // The other details of the usage may differ: how many prompt tokens were cached, for example.
      const { prompt_tokens, completion_tokens, total_tokens } = answer.usage ?? {};
      expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens, completion_tokens, total_tokens });

      const runner = openai.chat.completions.stream(request);
      expect(await runner.finalContent()).toBe(choice?.message.content);
    },
  );

  test(
    'the OpenAI client gets completions and embeddings',
    requirement('CHAT-11', needs('completions', 'embeddings')),
    async ({ openai: { connect }, modelId }) => {
      const openai = connect();
      const { choices } = await openai.completions.create({ model: modelId, prompt: 'SELECT', max_tokens: 4 });
      expect(choices[0]?.text).toBeTruthy();
      // By default the client asks for base64 and decodes it itself.
      const { data } = await openai.embeddings.create({ model: modelId, input: ['one', 'two'] });
      expect(data.map(({ embedding }) => embedding.length)).toEqual([
        data[0]?.embedding.length,
        data[0]?.embedding.length,
      ]);
      expect(data[0]?.embedding.every(Number.isFinite)).toBe(true);
      const request = { model: modelId, input: 'one', encoding_format: 'float' as const };
      const [plain] = (await openai.embeddings.create(request)).data;
      for (const [index, value] of (plain?.embedding ?? []).entries())
        expect(data[0]?.embedding[index]).toBeCloseTo(value, 4);
    },
  );

  test(
    'the OpenAI client throws its own error classes for refused requests',
    requirement('CHAT-11', 'CHAT-09', needs('chat.refusals')),
    async ({ openai: { OpenAI, connect }, modelId }) => {
      const openai = connect();
      const chat = (body: object) =>
        openai.chat.completions.create({ model: modelId, messages: [...messages], ...body } as never);
      const caught = async (call: Promise<unknown>) =>
        call.then(
          () => undefined,
          (error: unknown) => error,
        );

      const wrong = await caught(chat({ temperature: 9 }));
      expect(wrong).toBeInstanceOf(OpenAI.APIError);
      expect([400, 422], 'status of a refused temperature').toContain((wrong as { status: number }).status);
      // Others may name other codes, answer for any name of a model, and need no key.
      if (!isReference) return;
      expect(wrong).toBeInstanceOf(OpenAI.BadRequestError);
      expect(wrong).toMatchObject({
        status: 400,
        param: 'temperature',
        code: 'invalid_value',
        type: 'invalid_request_error',
      });
      expect(wrong).toHaveProperty('requestID', expect.stringMatching(/\S/));
      const missing = await caught(chat({ model: 'no-such-model' }));
      expect(missing).toBeInstanceOf(OpenAI.NotFoundError);
      expect(missing).toMatchObject({ code: 'model_not_found' });
      expect(await caught(chat({ model: 'no-such-model', stream: true }))).toBeInstanceOf(OpenAI.NotFoundError);
      const key = await caught(
        connect({ apiKey: 'a.b.c' }).chat.completions.create({ model: modelId, messages: [...messages] }),
      );
      expect(key).toBeInstanceOf(OpenAI.AuthenticationError);
    },
  );

  test(
    'the OpenAI client can abort a stream, and its next chat is answered',
    requirement('CHAT-11'),
    async ({ openai: { connect }, modelId }) => {
      const openai = connect();
      const stream = await openai.chat.completions.create({
        model: modelId,
        messages: [...messages],
        stream: true,
        max_tokens: 1_000,
        ...{ ignore_eos: true },
      });
      let seen = 0;
      for await (const _ of stream) {
        seen += 1;
        if (seen === 3) break;
      }
      expect(stream.controller.signal.aborted).toBe(true);
      expect((await openai.chat.completions.create({ model: modelId, messages: [...messages] })).choices).toHaveLength(
        1,
      );
    },
  );
});

test(
  'the OpenAI client throws an InternalServerError while the model server is down',
  requirement('CHAT-11', needs('started target')),
  async ({ openai: { OpenAI, connect }, startOwnTarget, modelId }) => {
    test.slow();
    const { url } = await startOwnTarget({ model: { url: 'http://127.0.0.1:1' } });
    const error = await connect({ url })
      .chat.completions.create({ model: modelId, messages: [...messages] })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.InternalServerError);
    expect(error).toMatchObject({ status: 503, code: 'model_unavailable', type: 'server_error' });
  },
);
