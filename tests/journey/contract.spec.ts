import { expect, needs, requirement, test, uniqueName } from '../../fixtures/index.ts';

const tags = [
  'operations',
  'sql',
  'models',
  'backends',
  'auth',
  'admin',
  'documents',
  'jobs',
  'ask',
  'registry',
  'inference',
  'batches',
] as const;

const quick = { boundaries: 30, random: 8, phaseMs: 10_000 };
const deep = { boundaries: 400, random: 60, phaseMs: 10_000, after: quick };

/** What a schema cannot tell: which models there are, which names are taken, what a document looks like. */
const examplesFor = (model: string, own: { email: string; password: string }) => {
  const short = { model, max_tokens: 4 };
  const json = (value: unknown) => () => ({ json: value });
  return {
    askSql: json({ question: 'How many customers are there?', database: 'shop' }),
    chat: json({ ...short, messages: [{ role: 'user', content: 'Hello' }], logprobs: true }),
    complete: json({ ...short, prompt: 'Hello' }),
    embed: json({ model, input: 'Hello' }),
    register: () => ({ json: { email: `${uniqueName('contract')}@example.org`, password: 'Some 9 long words' } }),
    login: json({ email: own.email, password: own.password }),
    ask: json({ question: 'What is the recommended dose?' }),
    registerModel: () => ({ json: { name: uniqueName('contract'), version: '1.0.0', served_id: model } }),
    infer: json({ ...short, input: 'Hello' }),
    submitBatch: json({ model, items: [{ id: 'one', input: 'Hello', max_tokens: 4 }] }),
    uploadDocument: () => ({
      type: 'multipart/form-data; boundary=edge',
      bytes: `--edge\r\nContent-Disposition: form-data; name="file"; filename="${uniqueName('note')}.txt"\r\nContent-Type: text/plain\r\n\r\nThe cellar of ${uniqueName('house')} is locked at nine.\r\n--edge--\r\n`,
    }),
  };
};

/** On what it depends how much the model writes. */
const most = {
  chat: { max_tokens: 8, max_completion_tokens: 8 },
  complete: { max_tokens: 8 },
  infer: { max_tokens: 8 },
};

/** What the service refuses with a reason that no schema of the document expresses. */
const tolerated = [
  { operation: 'register', field: 'password', because: 'some passwords are too plain, or are the e-mail address' },
  { operation: 'askSql', code: 'sql_generation_failed', because: 'the model found no query that works' },
  { operation: 'chat', field: 'messages', because: 'what a message may hold depends on its role' },
  { operation: 'chat', field: 'stream_options', because: 'only with `stream`' },
  { operation: 'chat', field: 'top_logprobs', because: 'only with `logprobs`' },
  { operation: 'embed', field: 'dimensions', because: 'a model has the dimensions it has' },
  { operation: 'infer', code: 'prompt_too_long', because: 'how many tokens a text is, only the model knows' },
  { operation: 'registerModel', field: 'served_id', because: 'the model server must serve it' },
  { operation: 'complete', field: 'stream_options', because: 'only with `stream`' },
];

const efforts = [
  ['briefly', quick, {}],
  ['at length', deep, { tag: '@slow' }],
] as const;

test.describe('the service keeps the promises of its OpenAPI document', needs('openapi', 'auth.admin'), () => {
  for (const [how, effort, options] of efforts)
    for (const tag of tags)
      test(`about ${tag}, asked ${how}`, { ...requirement('SEC-02'), ...options }, async ({
        verifyTarget,
        signUp,
        signInAdmin,
        config,
      }) => {
        test.setTimeout(effort === deep ? 300_000 : 120_000);
        const user = await signUp();
        const verified = await verifyTarget({
          tag,
          effort,
          tolerated,
          most,
          examples: examplesFor(config.MODEL_ID, user),
          // Where users are refused an admin must not be; whoever signs out must not take the others along.
          headersFor: async ({ responses }) => (responses.has('403') ? await signInAdmin() : await signUp()).headers,
        });
        expect(verified.story, 'promises broken, each with a request that shows it').toBe('');
        expect(verified.operations).toBeGreaterThan(0);
        if (tag === 'registry') expect(verified.lives).toEqual(['/api/v1/models']);
        if (tag === 'documents') expect(verified.lives).toEqual(['/api/v1/documents']);
      });

  test('and every part of it has been asked about', requirement('SEC-02'), async ({ tagsOfTarget, profile }) => {
    test.skip(profile.name !== 'reference', 'another service has parts of its own');
    expect((await tagsOfTarget()).sort()).toEqual([...tags].sort());
  });
});
