import { OpenAiError } from '../inference/errors.ts';
import type { ChatRequest } from '../inference/requests.ts';
import type { Message } from '../model/client.ts';
import { findPreset, type Preset } from './presets.ts';
import type { Plan } from './run.ts';

/** Parameters that cannot be combined with a critic, with the values that are allowed because they have no effect. */
const refused: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  tools: (value) => Array.isArray(value) && value.length === 0,
  functions: (value) => Array.isArray(value) && value.length === 0,
};
const ours = ['model', 'messages', 'stream', 'stream_options', 'orchestration', 'max_tokens', 'max_completion_tokens'];

/** @throws OpenAiError 400 for an unknown preset, or for a field that does not go with orchestration */
export function planOf(body: ChatRequest, presets: ReadonlyMap<string, Preset>): Plan {
  const { orchestration, max_tokens, max_completion_tokens } = body;
  const { mode, preset: name, max_rounds } = orchestration as NonNullable<typeof orchestration>;
  const preset = name === undefined ? undefined : findPreset(name, presets, 400);
  const [fallback] = presets.values() as unknown as [Preset];
  for (const [field, harmless] of Object.entries(refused)) {
    const value = body[field];
    if (value === undefined || value === null || harmless(value)) continue;
    throw new OpenAiError(400, `Unsupported '${field}': it does not go with 'orchestration'.`, {
      param: field,
      code: 'unsupported_parameter',
    });
  }
  const others = Object.entries(body).filter(([field]) => !ours.includes(field) && !(field in refused));
  return {
    mode,
    preset: preset?.name ?? null,
    generator: preset?.generator ?? body.model,
    critic: (preset ?? fallback).critic,
    criticStyle: (preset ?? fallback).criticStyle,
    maxRounds: max_rounds ?? (preset ?? fallback).max_rounds,
    conversation: body.messages.map(asText),
    maxTokens: max_completion_tokens ?? max_tokens ?? undefined,
    parameters: Object.fromEntries(others),
  };
}

const roles: Readonly<Record<string, Message['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
};

function asText({ role, content }: ChatRequest['messages'][number], index: number): Message {
  const known = roles[role];
  if (!known) throw notText(`messages[${index}].role`, `'${role}' does not go with 'orchestration'`);
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
  const texts = parts.map((part) => ('text' in part && typeof part['text'] === 'string' ? part['text'] : undefined));
  if (texts.includes(undefined)) throw notText(`messages[${index}].content`, "only text goes with 'orchestration'");
  return { role: known, content: texts.join('') };
}

const notText = (param: string, why: string) =>
  new OpenAiError(400, `Invalid '${param}': ${why}.`, { param, code: 'invalid_value' });
