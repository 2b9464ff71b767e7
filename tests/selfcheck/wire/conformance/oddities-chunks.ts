import { askUsage, but, chunk, counted, delta, done, event, finish, type Kind, role, text, whole } from './lies.ts';
import { right } from './oddities.ts';

const at = (index: number, fields: Readonly<Record<string, unknown>>, reason: string | null = null): string =>
  delta(fields, { index, finish_reason: reason });
const call = (index: number, fields: Readonly<Record<string, unknown>>): string =>
  delta({ tool_calls: [{ index, ...fields }] });
const logprobs = (...names: string[]) => ({
  logprobs: {
    content: names.map((token) => ({ token, logprob: -1, bytes: [...Buffer.from(token)], top_logprobs: [] })),
  },
});
const halves = (token: string, bytes: number[]) => ({ token, logprob: -1, bytes, top_logprobs: [] });
const error = event({ error: { message: 'out of memory', type: 'server_error' } });
const completion = (text: string, finish_reason: string | null = null): string =>
  event(chunk([{ index: 0, text, finish_reason, logprobs: null }], { object: 'text_completion' }));
const named = { kind: 'named', terminals: ['done', 'error'], events: ['token'] } as const;

/** Streams whose chunks or events look unusual and break no rule. */
export const chunkOddities: readonly Kind[] = [
  right('a requested usage chunk', but(4, 0, counted()), { asks: askUsage }),
  right(
    'usage: null in the other chunks',
    [...whole.slice(0, 4).map((event) => event.replace('}\n', ',"usage":null}\n')), counted(), done],
    { asks: askUsage },
  ),
  right(
    'choices that take turns',
    [
      at(0, { role: 'assistant' }),
      at(1, { role: 'assistant' }),
      at(1, { content: 'b' }),
      at(0, { content: 'a' }),
      at(0, {}, 'stop'),
      at(1, { content: 'c' }),
      at(1, {}, 'length'),
      done,
    ],
    { asks: { n: 2 } },
  ),
  right(
    'two choices in one chunk',
    [
      event(
        chunk([0, 1].map((index) => ({ index, delta: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }))),
      ),
      done,
    ],
    { asks: { n: 2 } },
  ),
  right('tool calls', [
    delta({ role: 'assistant', content: null }),
    call(0, { id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
    call(0, { function: { arguments: '{"x"' } }),
    call(0, { function: { arguments: ':1}' } }),
    call(1, { id: 'b', function: { name: 'g', arguments: '{}' } }),
    delta({}, { finish_reason: 'tool_calls' }),
    done,
  ]),
  right('log probabilities', [role, text('Hel', logprobs('H', 'el')), text('lo', logprobs('lo')), finish, done], {
    asks: { logprobs: true, top_logprobs: 0 },
  }),
  right(
    'log probabilities of parts of a character',
    [role, text('é', { logprobs: { content: [halves('\\xc3', [0xc3]), halves('\\xa9', [0xa9])] } }), finish, done],
    { asks: { logprobs: true } },
  ),
  right(
    'members beyond OpenAI’s reference',
    but(
      3,
      1,
      delta({}, { finish_reason: 'stop', stop_token: 2 }, { timings: { predicted_ms: 3.2 }, system_fingerprint: null }),
    ),
  ),
  right('a role chunk with null content', but(0, 1, delta({ role: 'assistant', content: null }))),
  right('a role in the chunk of the first piece', but(0, 2, delta({ role: 'assistant', content: 'Hel' }))),
  right('a finish_reason in the chunk of the last piece', but(2, 2, text('lo', { finish_reason: 'stop' }))),
  right('a finish_reason in a chunk with empty text', but(3, 1, text('', { finish_reason: 'stop' }))),
  right('reasoning content before the answer', but(1, 0, delta({ reasoning_content: 'Hm' }))),
  right('an empty answer', [role, finish, done]),
  right('an expected error', [role, error], { rules: { expectations: { error: true } } }),
  right('an expected error followed by [DONE]', [role, error, done], { rules: { expectations: { error: true } } }),
  right('a stream of completions', [completion('Hel'), completion('lo'), completion('', 'length'), done], {
    rules: { kind: 'openai-completions' },
  }),
  right('named events', ['event: token\ndata: {"text":"a"}\n\n', ': hi\n\n', 'event: done\ndata: {}\n\n'], {
    rules: named,
  }),
  right(
    'a terminal event of several lines that are not JSON',
    ['event: token\ndata\n\n', 'data: a\ndata: b\nevent: done\n\n'],
    { rules: named },
  ),
];
