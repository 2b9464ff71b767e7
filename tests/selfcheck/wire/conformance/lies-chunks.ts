import {
  askUsage,
  but,
  chunk,
  counted,
  delta,
  done,
  event,
  finish,
  type Kind,
  role,
  sends,
  text,
  whole,
} from './lies.ts';

const error = event({ error: { message: 'out of memory', type: 'server_error', code: null, param: null } });
const tokens = (...list: unknown[]) => ({ logprobs: { content: list } });
const token = (name: string) => ({ token: name, logprob: -0.5, bytes: null, top_logprobs: [] });
const call = (fields: Readonly<Record<string, unknown>>) => delta({ tool_calls: [{ index: 0, ...fields }] });
const begin = call({ id: 'call_1', type: 'function', function: { name: 'add', arguments: '' } });
const args = (json: string) => call({ function: { arguments: json } });
const calls = delta({}, { finish_reason: 'tool_calls' });
const withUsage = (...put: string[]) => sends(but(4, 0, ...put));
const lying = (kind: string, caught: Kind['caught'][number], pieces: Parameters<typeof sends>[0], says = ''): Kind => ({
  kind,
  caught: [caught],
  says,
  talk: sends(pieces),
});

/** Valid event streams whose chat chunks break a rule. */
export const chunkLies: readonly Kind[] = [
  lying('data that is not JSON', 'invalid-json', but(1, 1, event('{id: 1}')), 'not JSON'),
  lying('data that is JSON but not an object', 'invalid-json', but(1, 1, event('"Hel"')), 'not an object'),
  lying('an object split over two events', 'cut-json', but(1, 1, ...cut(text('Hel'), 60)), 'ends inside its JSON'),
  lying('an object that is cut and whose rest is lost', 'cut-json', but(1, 1, `${text('Hel').slice(0, 60)}\n\n`)),
  lying(
    'two objects in one event',
    'two-objects',
    but(1, 1, event(JSON.stringify(chunk([])).repeat(2))),
    'follows the object',
  ),
  lying(
    'a chunk whose object is chat.completion',
    'object-type',
    but(1, 1, text('Hel', {}, { object: 'chat.completion' })),
    '"chat.completion"',
  ),
  lying('a chunk without an id', 'missing-member', but(1, 1, text('Hel', {}, { id: undefined })), 'id is missing'),
  lying(
    'a chunk whose choices are not an array',
    'missing-member',
    but(1, 1, event(chunk([], { choices: {} }))),
    'choices',
  ),
  lying(
    'an id that changes between chunks',
    'id-changed',
    but(2, 1, text('lo', {}, { id: 'chatcmpl-2' })),
    'chatcmpl-2',
  ),
  lying('a model name that changes between chunks', 'model-changed', but(2, 1, text('lo', {}, { model: 'n' })), '"n"'),
  lying(
    'a created time that changes between chunks',
    'created-changed',
    but(2, 1, text('lo', {}, { created: 1_700_000_001 })),
    '1700000001',
  ),
  lying('an answer without a role', 'role-missing', but(0, 1), 'without a role'),
  lying('an answer with two roles', 'role-twice', but(1, 1, delta({ role: 'assistant', content: 'Hel' })), 'again'),
  lying('a role in the second chunk', 'role-late', but(0, 2, text('Hel'), role), 'chunk 2'),
  lying('the role user in an answer', 'missing-member', but(0, 1, delta({ role: 'user', content: '' })), '"user"'),
  lying('a delta with empty text', 'empty-delta', but(2, 0, text('')), 'is empty'),
  lying('an empty delta', 'empty-delta', but(2, 0, delta({})), 'is empty'),
  lying('a chunk without choices and without usage', 'empty-choices', but(2, 0, event(chunk([]))), 'neither'),
  lying('a choice beyond the requested number', 'choice-index', but(2, 1, text('lo', { index: 1 })), 'index is 0'),
  lying('a choice without an index', 'choice-index', but(2, 1, text('lo', { index: undefined })), 'missing'),
  { ...lying('a missing second choice', 'choice-missing', whole, '1 of the 2'), asks: { n: 2 } },
  lying('an answer without a finish_reason', 'finish-missing', but(3, 1), 'no finish_reason'),
  lying('an answer with two finish_reasons', 'finish-twice', but(3, 0, finish), 'again'),
  lying('a finish_reason before the last piece', 'after-finish', but(2, 2, finish, text('lo')), '"lo"'),
  lying('an unknown finish_reason', 'finish-value', but(3, 1, delta({}, { finish_reason: 'eos' })), '"eos"'),
  { ...lying('requested usage that never comes', 'usage-missing', whole, 'asks for usage'), asks: askUsage },
  lying('usage that was not requested', 'usage-unasked', but(4, 0, counted()), 'not ask for it'),
  {
    kind: 'usage in a chunk with choices',
    caught: ['usage-place'],
    asks: askUsage,
    talk: sends(
      but(
        3,
        1,
        delta({}, { finish_reason: 'stop' }, { usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } }),
      ),
    ),
  },
  {
    kind: 'usage before the finish_reason',
    caught: ['usage-place'],
    says: 'chunks follow',
    asks: askUsage,
    talk: sends(but(3, 0, counted())),
  },
  { kind: 'two usage chunks', caught: ['usage-place'], asks: askUsage, talk: withUsage(counted(), counted()) },
  {
    kind: 'usage that does not add up',
    caught: ['usage-sum'],
    says: '5 + 2 = 8',
    asks: askUsage,
    talk: withUsage(counted({ total_tokens: 8 })),
  },
  {
    kind: 'usage above max_tokens',
    caught: ['usage-count'],
    says: 'the request allows 1',
    asks: { ...askUsage, max_tokens: 1 },
    talk: withUsage(counted()),
  },
  {
    kind: 'usage other than the expected number of tokens',
    caught: ['usage-count'],
    says: 'expected number is 3',
    asks: askUsage,
    rules: { expectations: { completionTokens: 3 } },
    talk: withUsage(counted()),
  },
  lying('an unexpected error in mid-stream', 'error-object', but(3, 2, error), 'out of memory'),
  {
    kind: 'tokens after an error',
    caught: ['after-error'],
    says: 'follows the error',
    rules: { expectations: { error: true } },
    talk: sends(but(2, 0, error)),
  },
  {
    kind: 'data after an error and [DONE]',
    caught: ['after-terminal'],
    rules: { expectations: { error: true } },
    talk: sends([role, error, done, text('lo')]),
  },
  {
    kind: 'an expected error that never comes',
    caught: ['error-missing'],
    rules: { expectations: { error: true } },
    talk: sends(whole),
  },
  {
    kind: 'log probabilities of other tokens',
    caught: ['logprobs-misaligned'],
    says: '"Help"',
    asks: { logprobs: true },
    talk: sends([role, text('Hel', tokens(token('Hel'))), text('lo', tokens(token('p'))), finish, done]),
  },
  {
    kind: 'a piece without the requested log probabilities',
    caught: ['logprobs-missing'],
    says: '"lo"',
    asks: { logprobs: true },
    talk: sends([role, text('Hel', tokens(token('Hel'), token('lo'))), text('lo'), finish, done]),
  },
  {
    kind: 'a log probability above 0',
    caught: ['logprobs-shape'],
    says: 'token 0',
    asks: { logprobs: true },
    talk: sends([role, text('Hello', tokens({ ...token('Hello'), logprob: 0.5 })), finish, done]),
  },
  lying('log probabilities that were not requested', 'logprobs-unasked', but(1, 1, text('Hel', tokens(token('Hel'))))),
  lying(
    'tool call arguments that do not join to JSON',
    'tool-arguments',
    [role, begin, args('{"a":1'), args(',}'), calls, done],
    '{\\"a\\":1,}',
  ),
  lying('a tool call without an id', 'tool-id', [
    role,
    call({ function: { name: 'add', arguments: '{}' } }),
    calls,
    done,
  ]),
  lying('a tool call without an index', 'tool-index', [
    role,
    delta({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] }),
    calls,
    done,
  ]),
];

function cut(whole: string, at: number): [string, string] {
  return [`${whole.slice(0, at)}\n\n`, `data: ${whole.slice(at)}`];
}
