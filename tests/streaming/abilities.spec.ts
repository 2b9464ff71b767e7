import {
  chatRequest,
  chatRules,
  choicesOf,
  expect,
  finishReasonsOf,
  needs,
  piecesOf,
  requirement,
  faultTest as test,
  textOf,
} from '../../fixtures/index.ts';

for (const [server, details] of [
  ['target', needs('chat.streaming')],
  ['model server', needs('model server')],
] as const)
  test.describe(`optional features of chat streams of the ${server}`, details, () => {
    test.use({ streamsOf: server });

    test(
      `the ${server} streams three choices interleaved, and each one is complete`,
      requirement('CHAT-14', 'STREAM-06', needs('chat.n')),
      async ({ chat, skipUnlessSupported, longAnswers, deterministic }) => {
        const request = longAnswers(24, { n: 3, temperature: 1.3, seed: 5 });
        await skipUnlessSupported(request, 'n', ({ choices }) => choices.length === 3);
        const plain = (await chat.chat(request)).body;
        const alone = plain.choices.map(({ message }) => message.content ?? '');
        const stream = await chat.chatStream(request);
        const chunks = await stream.collect();
        await expect(stream).toBeConformantStream({
          ...chatRules('choices', 'role', 'finish'),
          expectations: { choices: 3 },
        });
        for (const { index } of plain.choices) {
          expect(choicesOf(chunks, index)[0]?.delta.role, `role in the first chunk of choice ${index}`).toBe(
            'assistant',
          );
          expect(finishReasonsOf(chunks, index), `finish reasons of choice ${index}`).toEqual(['length']);
          expect(textOf(chunks, index), `text of choice ${index}`).toBelongTo(index, alone, { exact: deterministic });
        }
        expect(new Set(alone).size, 'different texts among three choices at temperature 1.3').toBeGreaterThan(1);
        const order = chunks.flatMap(({ choices }) => choices.map(({ index }) => index)).join('');
        expect(
          order,
          'choice index of each chunk, in order: the choices should come interleaved, not one after the other',
        ).not.toMatch(/^0+1+2+$/);
      },
    );

    test(
      `the ${server} streams the log probabilities of each token in the chunk that carries the token`,
      requirement('CHAT-12', 'STREAM-08', needs('chat.logprobs')),
      async ({ chat, skipUnlessSupported, longAnswers }) => {
        const request = longAnswers(20, { logprobs: true, top_logprobs: 2 });
        await skipUnlessSupported(request, 'logprobs', ({ choices }) => tokensOf(choices[0]).length > 0);
        const plain = tokensOf((await chat.chat(request)).body.choices[0]);
        const stream = await chat.chatStream(request);
        const chunks = await stream.collect();
        await expect(stream).toBeConformantStream({ ...chatRules('logprobs'), expectations: { logprobs: true } });
        const streamed = choicesOf(chunks).flatMap(tokensOf);
        expect(streamed.map(({ token }) => token)).toEqual(plain.map(({ token }) => token));
        expect(streamed).toHaveLength(20);
        for (const choice of choicesOf(chunks))
          if (choice.delta.content)
            expect(
              tokensOf(choice)
                .map(({ bytes }) => decode(bytes))
                .join(''),
            ).toContain(choice.delta.content.slice(0, 1));
        for (const [i, { logprob, top_logprobs }] of streamed.entries()) {
          expect(logprob).toBeLessThanOrEqual(0);
          expect(top_logprobs, `top_logprobs of token ${i}`).toHaveLength(2);
          expect(
            Math.abs(logprob - (plain[i]?.logprob ?? 0)),
            `distance of the log probability of token ${i} from that in the plain answer`,
          ).toBeLessThan(0.2);
        }
      },
    );

    test(
      `the ${server} ignores unknown request fields and streams the same text`,
      requirement('CHAT-13', 'STREAM-08'),
      async ({ chat, skipUnlessSupported, modelId }) => {
        const request = {
          ...chatRequest(modelId),
          user: 'somebody',
          x_unknown: { deep: [1] },
          metadata: { trace: 'a' },
        };
        await skipUnlessSupported(request, 'fields that it does not know', () => true);
        const stream = await chat.chatStream(request);
        const text = textOf(await stream.collect());
        await expect(stream).toBeConformantStream(chatRules('tools', 'finish'));
        expect(text).toBe(textOf(await (await chat.chatStream(chatRequest(modelId))).collect()));
      },
    );

    test(
      `the ${server} streams a tool call whose argument pieces join to valid JSON`,
      requirement('STREAM-06', needs('chat.tools')),
      async ({ chat, skipUnlessSupported, modelId }) => {
        const request = { ...chatRequest(modelId, 'What is the weather in Paris?'), tools, tool_choice: 'required' };
        await skipUnlessSupported(request, 'tools', ({ choices }) => Array.isArray(choices[0]?.message['tool_calls']));
        const stream = await chat.chatStream(request);
        const chunks = await stream.collect();
        await expect(stream).toBeConformantStream(chatRules('tools', 'finish'));
        expectCall(chunks);
      },
    );
  });

test.describe('streams of the completions endpoint', needs('completions', 'completions.streaming'), () => {
  test(
    'a completions stream has the text, finish reason and usage of the plain answer',
    requirement('STREAM-02', 'STREAM-07', 'STREAM-08'),
    async ({ chat, modelId }) => {
      const request = { model: modelId, prompt: 'Hello', max_tokens: 24, temperature: 0, seed: 7 };
      const plain = (await chat.completions(request)).body;
      const stream = await chat.completionStream({ ...request, stream_options: { include_usage: true } });
      const chunks = await stream.collect();
      await expect(stream).toBeConformantStream({
        ...chatRules('finish', 'usage'),
        kind: 'openai-completions',
        expectations: { usage: true },
      });
      expect(textOf(chunks)).toBe(plain.choices[0]?.text);
      expect(finishReasonsOf(chunks)).toEqual([plain.choices[0]?.finish_reason]);
      expect(chunks.at(-1)?.usage?.completion_tokens).toBe(plain.usage?.completion_tokens);
      expect(piecesOf(chunks).length).toBeGreaterThan(1);
    },
  );
});

test(
  'the service passes tool calls through exactly as the model made them',
  requirement('STREAM-06', needs('chat.streaming', 'chat.tools', 'scripted model')),
  async ({ scripted }) => {
    const call = (fields: object) => ({ tool_calls: [{ index: 0, ...fields }] });
    scripted.play(async (generation) => {
      expect(generation.call.body?.['tools'], 'tools in the request that reaches the model').toEqual(tools);
      await generation.chunk({ role: 'assistant', content: null });
      await generation.chunk(call({ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }));
      for (const piece of ['{"ci', 'ty": "Pa', 'ris ☔"}'])
        await generation.chunk(call({ function: { arguments: piece } }));
      await generation.chunk({}, 'tool_calls');
      await generation.write('data: [DONE]\n\n');
      generation.end();
    });
    const stream = await scripted.chat.chatStream({ ...chatRequest(scripted.model), tools });
    const chunks = await stream.collect();
    await expect(stream).toBeConformantStream(chatRules('tools', 'finish'));
    expect(expectCall(chunks)).toEqual({ city: 'Paris ☔' });
  },
);

const tools = [
  {
    type: 'function',
    function: {
      name: 'weather',
      description: 'The weather in a city',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

type CallPiece = { index: number; id?: string; type?: string; function?: { name?: string; arguments?: string } };

/** Expects one complete call of `weather`, sent in pieces; returns its parsed arguments. */
function expectCall(chunks: Parameters<typeof choicesOf>[0]): unknown {
  const pieces = choicesOf(chunks).flatMap(({ delta }) => (delta as { tool_calls?: CallPiece[] }).tool_calls ?? []);
  expect(pieces[0]).toMatchObject({ index: 0, id: expect.stringMatching(/\S/), function: { name: 'weather' } });
  expect(
    pieces.slice(1).filter(({ function: f }) => f?.name),
    'pieces after the first that repeat the name of the function',
  ).toEqual([]);
  expect(finishReasonsOf(chunks)).toEqual(['tool_calls']);
  return JSON.parse(pieces.map(({ function: f }) => f?.arguments ?? '').join(''));
}

type Token = { token: string; logprob: number; bytes: number[] | null; top_logprobs: unknown[] };

function tokensOf(choice: unknown): Token[] {
  const { logprobs } = (choice ?? {}) as { logprobs?: { content?: Token[] } | null };
  return logprobs?.content ?? [];
}

const decode = (bytes: number[] | null): string => Buffer.from(bytes ?? []).toString();
