import {
  codeIn,
  codeTask,
  expect,
  needs,
  ofTheModel,
  requirement,
  simple,
  streaming,
  tableCounts,
  test,
  withSystem,
} from '../../fixtures/index.ts';

const customers = 'customers(id int, name text, email text, country text)';

test.describe('a chat', needs('chat'), () => {
  test('answers a greeting', { ...requirement('CHAT-01', 'CHAT-06'), tag: ['@smoke'] }, async ({ chat, modelId }) => {
    const { choices, usage, id, created } = (await chat.chat(simple(modelId))).body;
    expect(choices).toHaveLength(1);
    expect(choices[0]).toMatchObject({ index: 0, message: { role: 'assistant' } });
    expect(id).toMatch(/\S/);
    expect(Math.abs(created - Date.now() / 1_000)).toBeLessThan(600);
    expect(usage?.completion_tokens).toBeGreaterThan(0);
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
    await ofTheModel(() => {
      expect(choices[0]?.finish_reason).toBe('stop');
      expect(choices[0]?.message.content?.trim()).not.toBe('');
    });
  });

  test(
    'is booked as what it was, on its user’s account',
    requirement('CHAT-01', 'CHAT-06', needs('started target')),
    async ({ chat, modelId, booked, meter, user }) => {
      const meters = await meter();
      const answer = await chat.chat(simple(modelId), { headers: user.headers });
      const { prompt_tokens, completion_tokens } = answer.body.usage ?? {};
      const tokens = { prompt_tokens, completion_tokens };
      const call = { capability: 'chat', purpose: 'chat', model: modelId, backend: 'default', status: 'ok', ...tokens };
      expect(await booked(answer)).toEqual([expect.objectContaining({ ...call, user_id: user.id })]);
      for (const kind of ['prompt', 'completion'] as const)
        expect(await meters.moved('model_tokens_total', { purpose: 'chat', kind })).toBe(tokens[`${kind}_tokens`]);
      expect(await meters.moved('model_backend_requests_total', { outcome: 'ok' })).toBe(1);
      expect(await booked(await chat.chat(simple(modelId)))).toEqual([expect.objectContaining({ user_id: null })]);
    },
  );

  test('answers by what the system message says', { ...requirement('CHAT-02'), tag: '@model' }, async ({
    chat,
    modelId,
  }) => {
    const question = 'How many patients are there?';
    const choose =
      'Name the database that can answer the question, or none.\nshop: customers, products, orders\nclinic: patients, doctors, visits';
    const chosen = (await chat.chat(withSystem(modelId, choose, question))).body;
    const written = (await chat.chat(codeTask(modelId, 'patients(id int, name text)', question))).body;
    const alone = (await chat.chat(simple(modelId, question))).body;
    expect(chosen.usage?.prompt_tokens).toBeGreaterThan(alone.usage?.prompt_tokens ?? 0);
    await ofTheModel(() => {
      expect(chosen.choices[0]?.message.content?.trim()).toBe('clinic');
      expect(written.choices[0]?.message.content).toMatch(/select count.*\sfrom patients/is);
    });
  });

  test('keeps to the thread of several turns', { ...requirement('CHAT-03'), tag: '@model' }, async ({
    chat,
    modelId,
  }) => {
    const first = codeTask(modelId, customers, 'How many customers are there?');
    const failed = 'That query failed: relation "clients" does not exist\nWrite a corrected query.';
    const turns = [
      ...first.messages,
      { role: 'assistant', content: 'SELECT count(*) FROM clients' },
      { role: 'user', content: failed },
    ];
    const mended = (await chat.chat({ ...first, messages: turns })).body;
    const alone = (await chat.chat(simple(modelId, failed))).body;
    expect(mended.usage?.prompt_tokens).toBeGreaterThan(alone.usage?.prompt_tokens ?? 0);
    await ofTheModel(() => {
      expect(mended.choices[0]?.message.content).toMatch(/count.*\sfrom customers/is);
      expect(alone.choices[0]?.message.content).not.toBe(mended.choices[0]?.message.content);
    });
  });

  for (const parameter of ['max_tokens', 'max_completion_tokens'])
    test(`stops at ${parameter}, and says so`, requirement('CHAT-04'), async ({ chat, modelId }) => {
      const { max_tokens: _, ...request } = simple(modelId, 'Who are you?');
      const whole = (await chat.chat(request)).body;
      const cut = await chat.chat({ ...request, [parameter]: 3 });
      const [choice] = cut.body.choices;
      await ofTheModel(() => expect(whole.choices[0]?.finish_reason, 'it ends by itself').toBe('stop'));
      expect(choice?.finish_reason).toBe('length');
      expect(cut.body.usage?.completion_tokens).toBe(3);
      expect(whole.choices[0]?.message.content?.startsWith(choice?.message.content ?? '-')).toBe(true);
    });

  for (const [title, stopAt] of [
    ['a stop string', (word: string) => word],
    ['any of several', (word: string) => ['never said', word]],
  ] as const)
    test(`ends before ${title}`, requirement('CHAT-05'), async ({ chat, modelId }) => {
      const request = simple(modelId, 'Who are you?');
      const whole = (await chat.chat(request)).body.choices[0]?.message.content ?? '';
      const [, word = ''] = whole.match(/\s(\S+)\s/) ?? [];
      await ofTheModel(() => expect(word, 'it says several words').not.toBe(''));
      const { choices } = (await chat.chat({ ...request, stop: stopAt(word) })).body;
      expect(choices[0]?.message.content).toBe(whole.slice(0, whole.indexOf(word)));
      expect(choices[0]?.finish_reason).toBe('stop');
      const pieces = await (await chat.chatStream({ ...request, stop: stopAt(word) })).collect();
      const streamed = pieces.flatMap(({ choices: [choice] }) => choice?.delta.content ?? []).join('');
      expect(streamed).toBe(choices[0]?.message.content);
    });

  test(
    'counts as many tokens as it sends',
    requirement('CHAT-06', 'CHAT-12', needs('chat.logprobs')),
    async ({ chat, modelId }) => {
      const request = streaming(modelId, 'Who are you?', { logprobs: true, ignore_eos: true, max_tokens: 20 });
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

  test('writes code that runs', { ...requirement('CHAT-07', needs('started target')), tag: '@model' }, async ({
    chat,
    modelId,
    databases,
    query,
  }) => {
    const { choices } = (await chat.chat(codeTask(modelId, customers, 'How many customers are there?'))).body;
    const code = codeIn(choices[0]?.message.content ?? '');
    await ofTheModel(async () => {
      const [row] = await query(databases.shop.urls.reader, code);
      expect(Object.values(row ?? {}).map(Number)).toEqual([tableCounts.shop.customers]);
    });
  });

  test(
    'is the same for the same seed, and at temperature 0 for any seed',
    requirement('CHAT-08'),
    async ({ chat, modelId }) => {
      const say = async (fields: object) =>
        (await chat.chat({ ...simple(modelId, 'Who are you?'), ...fields })).body.choices[0]?.message.content;
      const hot = { temperature: 1.5, max_tokens: 24, ignore_eos: true };
      expect(await say({ ...hot, seed: 1 })).toBe(await say({ ...hot, seed: 1 }));
      const seeds = await Promise.all([1, 2, 3, 4].map((seed) => say({ ...hot, seed })));
      expect(new Set(seeds).size).toBeGreaterThan(1);
      const cold = await Promise.all([1, 2, 3, 4].map((seed) => say({ seed })));
      expect(new Set(cold).size).toBe(1);
    },
  );

  test('tells how likely its words were', requirement('CHAT-12', needs('chat.logprobs')), async ({ chat, modelId }) => {
    const asked = { ...simple(modelId, 'Who are you?'), logprobs: true, top_logprobs: 3 };
    const [choice] = (await chat.chat(asked)).body.choices;
    const tokens = tokensOf(choice) as Token[];
    expect(tokens.map(({ token }) => token).join('')).toBe(choice?.message.content);
    for (const { token, logprob, top_logprobs: top } of tokens) {
      expect(logprob).toBeLessThanOrEqual(0);
      expect(top).toHaveLength(3);
      const sum = top.reduce((total, each) => total + Math.exp(each.logprob), 0);
      expect(sum).toBeLessThanOrEqual(1.001);
      // At temperature 0 the likeliest is what is said.
      expect(top[0]).toMatchObject({ token, logprob });
    }
    expect(tokensOf((await chat.chat(simple(modelId))).body.choices[0])).toEqual([]);
  });
});

type Counts = { prompt_tokens: number; completion_tokens?: number | undefined; total_tokens: number };

/** How much of a prompt a server remembered is its own affair. */
const counted = (usage: Counts | null | undefined) =>
  usage && [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens];

type Token = { token: string; logprob: number; top_logprobs: { token: string; logprob: number }[] };

function tokensOf(choice: unknown): Token[] {
  const { logprobs } = (choice ?? {}) as { logprobs?: { content?: Token[] } | null };
  return logprobs?.content ?? [];
}
