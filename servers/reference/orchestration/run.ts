import type { CallContext } from '../model/calls.ts';
import type { Completion } from '../model/chunks.ts';
import type { Message, ModelClient } from '../model/client.ts';
import { type PromptStyle, withoutReasoning } from '../model/style.ts';
import { tenths } from '../tenths.ts';
import { critiquePrompt as instructCritique } from './instruct-prompts.ts';
import { approves, critiquePrompt, revisionPrompt } from './prompts.ts';
import type { OrchestrationReport, Step, Usage } from './schemas.ts';

/** A chat request, prepared for several models. */
export type Plan = {
  mode: OrchestrationReport['mode'];
  preset: string | null;
  generator: string;
  critic: string;
  /** The prompts for the critic's style. */
  criticStyle: PromptStyle;
  maxRounds: number;
  conversation: readonly Message[];
  maxTokens: number | undefined;
  /** Other parameters of the request for the generator: `temperature`, `stop` and the like. */
  parameters: Readonly<Record<string, unknown>>;
};

/** Callbacks: for each step when it begins, and for text as soon as it is certain to be in the final answer. */
export type Listener = { step(stage: Step['stage'], model: string): void; text(text: string): void };

export type Outcome = { text: string; finishReason: string; usage: Usage; report: OrchestrationReport };

/** Long enough to name a problem. A critic that writes more is not reviewing. */
const critiqueTokens = 256;

/**
 * Drafts an answer. In mode `critique`, the critic reviews it and the generator revises it, until the critic accepts it
 * or the rounds are used up.
 *
 * @throws ProblemError of the model; the signal's reason if it aborted
 */
export async function orchestrate(
  plan: Plan,
  model: ModelClient,
  context: CallContext,
  listener: Listener,
): Promise<Outcome> {
  const steps: Step[] = [];
  const take = async (
    stage: Step['stage'],
    purpose: 'draft' | 'critique' | 'revise',
    messages: readonly Message[],
    onText?: (text: string) => void,
  ): Promise<Completion> => {
    const critic = stage === 'critique';
    const by = critic ? plan.critic : plan.generator;
    listener.step(stage, by);
    const started = performance.now();
    const completion = await model.complete(
      {
        purpose,
        model: by,
        messages,
        maxTokens: critic ? critiqueTokens : plan.maxTokens,
        ...(critic ? {} : { parameters: plan.parameters }),
        ...(onText ? { onText } : {}),
      },
      { ...context, capability: 'orchestration' },
    );
    const usage = completion.usage ?? { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    const role = critic ? 'critic' : 'generator';
    steps.push({ stage, role, model: by, content: completion.text, usage, ms: tenths(performance.now() - started) });
    return completion;
  };

  const alone = plan.mode === 'single';
  let answer = await take('draft', 'draft', plan.conversation, alone ? listener.text : undefined);
  let told = alone;
  let approved: boolean | null = null;
  for (let round = 1; !alone && !approved && round <= plan.maxRounds; round++) {
    const prompted = plan.criticStyle === 'bundled' ? critiquePrompt : instructCritique;
    const said = await take('critique', 'critique', prompted(plan.conversation, answer.text));
    const critique = withoutReasoning(said.text);
    approved = approves(critique);
    if (approved) break;
    const last = round === plan.maxRounds;
    const prompt = revisionPrompt(plan.conversation, answer.text, critique);
    // The last revision is not reviewed, so it can be streamed at once.
    answer = await take('revision', 'revise', prompt, last ? listener.text : undefined);
    told = last;
  }
  if (!told) for (const piece of piecesOf(answer)) listener.text(piece);

  const { mode, preset } = plan;
  const models_used = [...new Set(steps.map((step) => step.model))];
  return {
    text: answer.text,
    finishReason: answer.finishReason ?? 'stop',
    usage: sumOf(steps.map(({ usage }) => usage)),
    report: { mode, preset, models_used, approved, steps },
  };
}

/** The generated pieces; one piece if the server did not send the tokens. */
function piecesOf({ text, tokens }: Completion): readonly string[] {
  const pieces = tokens.map((token) => token.text);
  return pieces.join('') === text ? pieces.filter(Boolean) : [text];
}

function sumOf(usages: readonly Usage[]): Usage {
  const sum = (key: keyof Usage) => usages.reduce((total, usage) => total + usage[key], 0);
  return {
    prompt_tokens: sum('prompt_tokens'),
    completion_tokens: sum('completion_tokens'),
    total_tokens: sum('total_tokens'),
  };
}
