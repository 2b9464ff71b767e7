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

/** Streams that are right as event streams, and wrong as chunks of chat. */
export const chunkLies: readonly Kind[] = [
  lying('data that is no JSON', 'invalid-json', but(1, 1, event('{id: 1}')), 'not JSON'),
  lying('data that is no object', 'invalid-json', but(1, 1, event('"Hel"')), 'no object'),
  lying(
    'an object cut by the end of its event',
    'cut-json',
    but(1, 1, ...cut(text('Hel'), 60)),
    'ends inside its JSON',
  ),
  lying('an object cut, and its rest lost', 'cut-json', but(1, 1, `${text('Hel').slice(0, 60)}\n\n`)),
  lying(
    'two objects in one event',
    'two-objects',
    but(1, 1, event(JSON.stringify(chunk([])).repeat(2))),
    'after the object',
  ),
  lying(
    'another object',
    'object-type',
    but(1, 1, text('Hel', {}, { object: 'chat.completion' })),
    '"chat.completion"',
  ),
  lying('no id', 'missing-member', but(1, 1, text('Hel', {}, { id: undefined })), 'id is missing'),
  lying('choices that are no list', 'missing-member', but(1, 1, event(chunk([], { choices: {} }))), 'choices'),
  lying('an id that changes', 'id-changed', but(2, 1, text('lo', {}, { id: 'chatcmpl-2' })), 'chatcmpl-2'),
  lying('a model that changes', 'model-changed', but(2, 1, text('lo', {}, { model: 'n' })), '"n"'),
  lying('a time that changes', 'created-changed', but(2, 1, text('lo', {}, { created: 1_700_000_001 })), '1700000001'),
  lying('no role', 'role-missing', but(0, 1), 'without a role'),
  lying('two roles', 'role-twice', but(1, 1, delta({ role: 'assistant', content: 'Hel' })), 'again'),
  lying('a role that comes late', 'role-late', but(0, 2, text('Hel'), role), 'chunk 2'),
  lying('the role of somebody else', 'missing-member', but(0, 1, delta({ role: 'user', content: '' })), '"user"'),
  lying('an empty piece', 'empty-delta', but(2, 0, text('')), 'nothing in it'),
  lying('an empty delta', 'empty-delta', but(2, 0, delta({})), 'nothing in it'),
  lying('a chunk without choices', 'empty-choices', but(2, 0, event(chunk([]))), 'neither'),
  lying('a choice beyond those asked for', 'choice-index', but(2, 1, text('lo', { index: 1 })), 'the last is 0'),
  lying('a choice without a number', 'choice-index', but(2, 1, text('lo', { index: undefined })), 'missing'),
  { ...lying('a choice that never comes', 'choice-missing', whole, '1 choices of the 2'), asks: { n: 2 } },
  lying('no finish_reason', 'finish-missing', but(3, 1), 'no finish_reason'),
  lying('two finish_reasons', 'finish-twice', but(3, 0, finish), 'again'),
  lying('a finish_reason before the last piece', 'after-finish', but(2, 2, finish, text('lo')), '"lo"'),
  lying('a finish_reason of its own', 'finish-value', but(3, 1, delta({}, { finish_reason: 'eos' })), '"eos"'),
  { ...lying('usage asked for that never comes', 'usage-missing', whole, 'asked for'), asks: askUsage },
  lying('usage that nobody asked for', 'usage-unasked', but(4, 0, counted()), 'nobody'),
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
    says: 'chunks after it',
    asks: askUsage,
    talk: sends(but(3, 0, counted())),
  },
  { kind: 'usage twice', caught: ['usage-place'], asks: askUsage, talk: withUsage(counted(), counted()) },
  {
    kind: 'usage that does not add up',
    caught: ['usage-sum'],
    says: '5 + 2 = 8',
    asks: askUsage,
    talk: withUsage(counted({ total_tokens: 8 })),
  },
  {
    kind: 'usage beyond max_tokens',
    caught: ['usage-count'],
    says: '1 were the most',
    asks: { ...askUsage, max_tokens: 1 },
    talk: withUsage(counted()),
  },
  {
    kind: 'usage other than what is known',
    caught: ['usage-count'],
    says: '3 are known',
    asks: askUsage,
    rules: { expectations: { completionTokens: 3 } },
    talk: withUsage(counted()),
  },
  lying('an error in mid-stream', 'error-object', but(3, 2, error), 'out of memory'),
  {
    kind: 'tokens after an error',
    caught: ['after-error'],
    says: 'after the error',
    rules: { expectations: { error: true } },
    talk: sends(but(2, 0, error)),
  },
  {
    kind: 'an error, [DONE], and data',
    caught: ['after-terminal'],
    rules: { expectations: { error: true } },
    talk: sends([role, error, done, text('lo')]),
  },
  {
    kind: 'an error that is told by nothing',
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
    kind: 'log probabilities that are left out',
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
  lying('log probabilities that nobody asked for', 'logprobs-unasked', but(1, 1, text('Hel', tokens(token('Hel'))))),
  lying(
    'arguments that do not join',
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
  lying('a tool call without a number', 'tool-index', [
    role,
    delta({ tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] }),
    calls,
    done,
  ]),
];

function cut(whole: string, at: number): [string, string] {
  return [`${whole.slice(0, at)}\n\n`, `data: ${whole.slice(at)}`];
}
