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

/** What a schema cannot express: which models exist, which names are taken, what a document looks like. */
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

/** The fields that limit how much the model writes. */
const most = {
  chat: { max_tokens: 8, max_completion_tokens: 8 },
  complete: { max_tokens: 8 },
  infer: { max_tokens: 8 },
};

/** What the service refuses for a reason that no schema of the document can express. */
const tolerated = [
  {
    operation: 'register',
    field: 'password',
    because: 'a password must not be too simple or contain the e-mail address',
  },
  { operation: 'askSql', code: 'sql_generation_failed', because: 'the model found no query that works' },
  { operation: 'chat', field: 'messages', because: 'the fields of a message depend on its role' },
  { operation: 'chat', field: 'stream_options', because: 'allowed only with `stream`' },
  { operation: 'chat', field: 'top_logprobs', because: 'allowed only with `logprobs`' },
  { operation: 'embed', field: 'dimensions', because: 'the number of dimensions is fixed by the model' },
  { operation: 'infer', code: 'prompt_too_long', because: 'only the model knows how many tokens a text has' },
  { operation: 'registerModel', field: 'served_id', because: 'the model server must serve it' },
  { operation: 'complete', field: 'stream_options', because: 'allowed only with `stream`' },
];

const efforts = [
  ['quick', quick, {}],
  ['thorough', deep, { tag: '@slow' }],
] as const;

test.describe('OpenAPI document', needs('openapi', 'auth.admin'), () => {
  for (const [how, effort, options] of efforts)
    for (const tag of tags)
      test(`a ${how} test finds that operations tagged "${tag}" keep the promises of the OpenAPI document`, {
        ...requirement('SEC-02'),
        ...options,
      }, async ({ verifyTarget, signUp, signInAdmin, config }) => {
        test.setTimeout(effort === deep ? 300_000 : 120_000);
        const user = await signUp();
        const verified = await verifyTarget({
          tag,
          effort,
          tolerated,
          most,
          examples: examplesFor(config.MODEL_ID, user),
          // An operation that may answer 403 is called as an admin. Each call has its own session, because a logout ends one.
          headersFor: async ({ responses }) => (responses.has('403') ? await signInAdmin() : await signUp()).headers,
        });
        expect(verified.story, 'broken promises, each with a request that reproduces it').toBe('');
        expect(verified.operations).toBeGreaterThan(0);
        if (tag === 'registry') expect(verified.lives).toEqual(['/api/v1/models']);
        if (tag === 'documents') expect(verified.lives).toEqual(['/api/v1/documents']);
      });

  test('every tag of the OpenAPI document is tested', requirement('SEC-02'), async ({ tagsOfTarget, profile }) => {
    test.skip(profile.name !== 'reference', 'the list of tags is that of the reference service');
    expect((await tagsOfTarget()).sort()).toEqual([...tags].sort());
  });
});
