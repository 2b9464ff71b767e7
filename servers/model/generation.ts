import type { Drawn, Sampling } from './sampling.ts';
import { textStream } from './text-stream.ts';
import type { Piece } from './vocabulary.ts';

export type FinishReason = 'stop' | 'length';

/** What a caller wants generated, and how it hears of it. Callbacks run between two steps of the engine: keep them short. */
export type GenerationRequest = {
  prompt: Uint32Array;
  /** Whether what is in memory of an earlier prompt that begins alike may be used. */
  reusePrefix: boolean;
  /** How many tokens at most; at least 1. */
  maxTokens: number;
  stop: readonly string[];
  sampling: Sampling;
  /** How many alternatives to give with each token's log probability; undefined: no probabilities. */
  alternatives: number | undefined;
  /** It has a slot: its prompt is read next. */
  onStart?(): void;
  /** Text that may be sent, with the tokens that it completes. */
  onText(text: string, tokens: readonly Drawn[]): void;
  onEnd(reason: FinishReason): void;
  onError(error: Error): void;
};

/** The part of a generation that is its own: counting, spelling, stopping. */
export type Generation = {
  readonly request: GenerationRequest;
  readonly generated: number;
  /** Takes the next token. Returns why the generation ends with it, or undefined; `emit` says what became sendable. */
  accept(drawn: Drawn): FinishReason | undefined;
  /** Tells the caller what has become sendable since the last call. */
  emit(): void;
  /** The end: whatever was held back is sent, then the reason. */
  finish(reason: FinishReason): void;
};

/** @param spell a token's bytes. @param ends whether a token ends a generation (it is not counted and has no text). */
export function createGeneration(
  request: GenerationRequest,
  spell: (token: number) => Piece,
  ends: (token: number) => boolean,
): Generation {
  const stream = textStream(request.stop);
  // Tokens whose text is still held back, with the place where it starts: those past a stop string are never sent.
  let waiting: { drawn: Drawn; start: number }[] = [];
  let length = 0;
  let sent = 0;
  let ready = '';
  let generated = 0;
  return {
    request,
    get generated() {
      return generated;
    },
    accept(drawn) {
      if (ends(drawn.token)) return 'stop';
      generated++;
      const piece = spell(drawn.token);
      waiting.push({ drawn, start: length });
      length += piece.bytes.length;
      const { text, stopped } = stream.push(piece);
      ready += text;
      if (stopped) return 'stop';
      return generated >= request.maxTokens ? 'length' : undefined;
    },
    emit() {
      if (ready === '') return;
      sent += Buffer.byteLength(ready);
      const done = waiting.filter(({ start }) => start < sent);
      waiting = waiting.slice(done.length);
      const text = ready;
      ready = '';
      request.onText(
        text,
        done.map(({ drawn }) => drawn),
      );
    },
    finish(reason) {
      ready += stream.end();
      this.emit();
      request.onEnd(reason);
    },
  };
}
