import {
  chatRequest,
  codeIn,
  expect,
  expectOfModel,
  needs,
  requirement,
  sqlChatRequest,
  streamingChatRequest,
  systemChatRequest,
  tableCounts,
  test,
} from '../../fixtures/index.ts';

const customers = 'customers(id int, name text, email text, country text)';

test.describe('chat', needs('chat'), () => {
  test('a chat answers a greeting and reports its tokens', {
    ...requirement('CHAT-01', 'CHAT-06'),
    tag: ['@smoke'],
  }, async ({ chat, modelId }) => {
    const { choices, usage, id, created } = (await chat.chat(chatRequest(modelId))).body;
    expect(choices).toHaveLength(1);
    expect(choices[0]).toMatchObject({ index: 0, message: { role: 'assistant' } });
    expect(id).toMatch(/\S/);
    expect(Math.abs(created - Date.now() / 1_000)).toBeLessThan(600);
    expect(usage?.completion_tokens).toBeGreaterThan(0);
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
    await expectOfModel(() => {
      expect(choices[0]?.finish_reason).toBe('stop');
      expect(choices[0]?.message.content?.trim()).not.toBe('');
    });
  });

  test(
    'a chat is recorded with its model, its tokens and its user',
    requirement('CHAT-01', 'CHAT-06', 'OWN-05', needs('chat.usage', 'auth', 'state.model calls')),
    async ({ chat, modelId, recordedCalls, user }) => {
      const answer = await chat.chat(chatRequest(modelId), { headers: user.headers });
      const { prompt_tokens, completion_tokens } = answer.body.usage ?? {};
      const call = { model: modelId, ok: true, prompt_tokens, completion_tokens, user: user.id };
      expect(await recordedCalls(answer)).toEqual([expect.objectContaining(call)]);
    },
  );

  test(
    'a chat is recorded with its purpose and its backend, and its tokens are counted',
    requirement('CHAT-01', 'CHAT-06', needs('started target')),
    async ({ chat, modelId, recordedCalls, watchMetrics, user }) => {
      const metrics = await watchMetrics();
      const answer = await chat.chat(chatRequest(modelId), { headers: user.headers });
      const { prompt_tokens, completion_tokens } = answer.body.usage ?? {};
      const tokens = { prompt_tokens, completion_tokens };
      const call = { capability: 'chat', purpose: 'chat', backend: 'default' };
      expect(await recordedCalls(answer)).toEqual([expect.objectContaining(call)]);
      for (const kind of ['prompt', 'completion'] as const)
        expect(await metrics.increase('model_tokens_total', { purpose: 'chat', kind })).toBe(tokens[`${kind}_tokens`]);
      expect(await metrics.increase('model_backend_requests_total', { outcome: 'ok' })).toBe(1);
      expect(await recordedCalls(await chat.chat(chatRequest(modelId)))).toEqual([
        expect.objectContaining({ user: null }),
      ]);
    },
  );

  test('a chat follows the instructions of its system message', { ...requirement('CHAT-02'), tag: '@model' }, async ({
    chat,
    modelId,
  }) => {
    const question = 'How many patients are there?';
    const routing =
      'Name the database that can answer the question, or none.\nshop: customers, products, orders\nclinic: patients, doctors, visits';
    const routingAnswer = (await chat.chat(systemChatRequest(modelId, routing, question))).body;
    const sqlAnswer = (await chat.chat(sqlChatRequest(modelId, 'patients(id int, name text)', question))).body;
    const withoutSystem = (await chat.chat(chatRequest(modelId, question))).body;
    expect(routingAnswer.usage?.prompt_tokens).toBeGreaterThan(withoutSystem.usage?.prompt_tokens ?? 0);
    await expectOfModel(() => {
      expect(routingAnswer.choices[0]?.message.content?.trim()).toBe('clinic');
      expect(sqlAnswer.choices[0]?.message.content).toMatch(/select count.*\sfrom patients/is);
    });
  });

  test('a chat takes the earlier turns of the conversation into account', {
    ...requirement('CHAT-03'),
    tag: '@model',
  }, async ({ chat, modelId }) => {
    const first = sqlChatRequest(modelId, customers, 'How many customers are there?');
    const failed = 'That query failed: relation "clients" does not exist\nWrite a corrected query.';
    const turns = [
      ...first.messages,
      { role: 'assistant', content: 'SELECT count(*) FROM clients' },
      { role: 'user', content: failed },
    ];
    const corrected = (await chat.chat({ ...first, messages: turns })).body;
    const withoutHistory = (await chat.chat(chatRequest(modelId, failed))).body;
    expect(corrected.usage?.prompt_tokens).toBeGreaterThan(withoutHistory.usage?.prompt_tokens ?? 0);
    await expectOfModel(() => {
      expect(corrected.choices[0]?.message.content).toMatch(/count.*\sfrom customers/is);
      expect(withoutHistory.choices[0]?.message.content).not.toBe(corrected.choices[0]?.message.content);
    });
  });

  for (const parameter of ['max_tokens', 'max_completion_tokens'])
    test(
      `a chat stops after ${parameter} tokens with the finish reason "length"`,
      requirement('CHAT-04'),
      async ({ chat, modelId }) => {
        const { max_tokens: _, ...request } = chatRequest(modelId, 'Who are you?');
        const whole = (await chat.chat(request)).body;
        const cut = await chat.chat({ ...request, [parameter]: 3 });
        const [choice] = cut.body.choices;
        await expectOfModel(() => expect(whole.choices[0]?.finish_reason, 'without a limit').toBe('stop'));
        expect(choice?.finish_reason).toBe('length');
        expect(cut.body.usage?.completion_tokens).toBe(3);
        expect(whole.choices[0]?.message.content?.startsWith(choice?.message.content ?? '-')).toBe(true);
      },
    );

  for (const [what, stopAt] of [
    ['a stop string', (word: string) => word],
    ['any of several stop strings', (word: string) => ['never said', word]],
  ] as const)
    test(`a chat ends before ${what}, plain and streamed`, requirement('CHAT-05'), async ({ chat, modelId }) => {
      const request = chatRequest(modelId, 'Who are you?');
      const whole = (await chat.chat(request)).body.choices[0]?.message.content ?? '';
      const [, word = ''] = whole.match(/\s(\S+)\s/) ?? [];
      await expectOfModel(() => expect(word, 'a word in the middle of the answer, to stop at').not.toBe(''));
      const { choices } = (await chat.chat({ ...request, stop: stopAt(word) })).body;
      expect(choices[0]?.message.content).toBe(whole.slice(0, whole.indexOf(word)));
      expect(choices[0]?.finish_reason).toBe('stop');
      const pieces = await (await chat.chatStream({ ...request, stop: stopAt(word) })).collect();
      const streamed = pieces.flatMap(({ choices: [choice] }) => choice?.delta.content ?? []).join('');
      expect(streamed).toBe(choices[0]?.message.content);
    });

  test(
    'a chat reports as many tokens as it streams',
    requirement('CHAT-06', 'CHAT-12', needs('chat.logprobs')),
    async ({ chat, modelId }) => {
      const fields = { logprobs: true, ignore_eos: true, max_tokens: 20 };
      const request = streamingChatRequest(modelId, 'Who are you?', fields);
      const stream = await chat.chatStream(request);
      const chunks = await stream.collect();
      const pieces = chunks.filter(({ choices }) => choices[0]?.delta.content);
      const usage = chunks.at(-1)?.usage;
      const plain = (await chat.chat({ ...request, stream: false, stream_options: undefined })).body.usage;
      expect(counted(usage)).toEqual(counted(plain));
      expect(usage?.completion_tokens).toBe(20);
      expect(pieces.flatMap(({ choices }) => tokensOf(choices[0]))).toHaveLength(20);
    },
  );

  test('a chat writes SQL that runs and returns the right count', {
    ...requirement('CHAT-07', needs('gold databases')),
    tag: '@model',
  }, async ({ chat, modelId, _instancesOf, query }) => {
    const { choices } = (await chat.chat(sqlChatRequest(modelId, customers, 'How many customers are there?'))).body;
    const code = codeIn(choices[0]?.message.content ?? '');
    await expectOfModel(async () => {
      const [shop = ''] = Object.values(_instancesOf('shop'));
      const [row] = await query(shop, code);
      expect(Object.values(row ?? {}).map(Number)).toEqual([tableCounts.shop.customers]);
    });
  });

  test(
    'a chat gives the same answer for the same seed, and at temperature 0 for any seed',
    requirement('CHAT-08'),
    async ({ chat, modelId }) => {
      const answerTo = async (fields: object) =>
        (await chat.chat({ ...chatRequest(modelId, 'Who are you?'), ...fields })).body.choices[0]?.message.content;
      const sampled = { temperature: 1.5, max_tokens: 24, ignore_eos: true };
      expect(await answerTo({ ...sampled, seed: 1 })).toBe(await answerTo({ ...sampled, seed: 1 }));
      const seeds = await Promise.all([1, 2, 3, 4].map((seed) => answerTo({ ...sampled, seed })));
      expect(new Set(seeds).size).toBeGreaterThan(1);
      const greedy = await Promise.all([1, 2, 3, 4].map((seed) => answerTo({ seed })));
      expect(new Set(greedy).size).toBe(1);
    },
  );

  test(
    'a chat with logprobs reports the probability of each token',
    requirement('CHAT-12', needs('chat.logprobs')),
    async ({ chat, modelId }) => {
      const request = { ...chatRequest(modelId, 'Who are you?'), logprobs: true, top_logprobs: 3 };
      const [choice] = (await chat.chat(request)).body.choices;
      const tokens = tokensOf(choice) as Token[];
      expect(tokens.map(({ token }) => token).join('')).toBe(choice?.message.content);
      for (const { token, logprob, top_logprobs: top } of tokens) {
        expect(logprob).toBeLessThanOrEqual(0);
        expect(top).toHaveLength(3);
        const sum = top.reduce((total, each) => total + Math.exp(each.logprob), 0);
        expect(sum).toBeLessThanOrEqual(1.001);
        // At temperature 0 the model chooses the most likely token.
        expect(top[0]).toMatchObject({ token, logprob });
      }
      expect(tokensOf((await chat.chat(chatRequest(modelId))).body.choices[0])).toEqual([]);
    },
  );
});

type Counts = { prompt_tokens: number; completion_tokens?: number | undefined; total_tokens: number };

/** The totals of a usage, without its details: how much of a prompt was cached may differ. */
const counted = (usage: Counts | null | undefined) =>
  usage && [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens];

type Token = { token: string; logprob: number; top_logprobs: { token: string; logprob: number }[] };

function tokensOf(choice: unknown): Token[] {
  const { logprobs } = (choice ?? {}) as { logprobs?: { content?: Token[] } | null };
  return logprobs?.content ?? [];
}
