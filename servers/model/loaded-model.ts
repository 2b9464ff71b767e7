import { basename } from 'node:path';
import { readGgufHeader } from '../../fixtures/stack/model/gguf.ts';
import type { AddonContext, AddonModel, LoadedAddon } from './binding.ts';
import { type ChatTemplate, chatPrompt } from './chat-template.ts';
import { createEmbedder, type Embedder } from './embedder.ts';
import { createEngine, type Engine } from './engine.ts';
import { type Piece, vocabulary } from './vocabulary.ts';

export type ModelFile = { id: string; path: string };

export type LoadOptions = {
  threads: number | undefined;
  slots: number;
  /** Upper limit of a slot's context, in tokens; the model's own limit is kept when it is smaller. */
  contextSize: number;
  queueLimit: number;
  ordered: boolean;
};

export type ModelInfo = {
  file: string;
  bytes: number;
  contextSize: number;
  slots: number;
  threads: number;
  gpuLayers: number;
  memoryBytes: number;
  /** Of them, on a GPU. */
  gpuMemoryBytes: number;
  loadMs: number;
};

export type LoadedModel = {
  info: ModelInfo;
  engine: Engine;
  template: ChatTemplate | undefined;
  embedder: Embedder;
  /** @param special whether spellings of control tokens in the text become those tokens. */
  tokenize(text: string, special: boolean): Uint32Array;
  /** How many tokens the vocabulary has. */
  tokens: number;
  /** The tokens that end a text. */
  endTokens(): number[];
  spell(token: number): Piece;
  dispose(): Promise<void>;
};

/** Models of this size or less gain nothing from a second thread: waking it costs more than it computes. */
const oneThreadBytes = 64 << 20;
const fewThreads = 4;
const maxBatch = 512;
/** llama.cpp's flash attention on a CPU goes through heads in vectors of this many values, and through the rest one by
 * one: for heads of 48 that takes twice as long as the plain way, for heads of 64 three quarters of it. */
const vectorWidth = 64;

/** Loads a model and makes it ready to generate. Throws with what is wrong with the file and what to do about it. */
export async function loadModel(
  { addon, device }: LoadedAddon,
  { path }: ModelFile,
  options: LoadOptions,
): Promise<LoadedModel> {
  const started = performance.now();
  const header = readGgufHeader(path);
  const number = (key: string): number => Number(header.metadata.get(`${header.architecture}.${key}`) ?? 0);
  const layers = device === 'cpu' ? 0 : number('block_count') + 1;
  // Mean pooling unless the file says otherwise. It acts on the context for embeddings alone.
  const pooling = header.metadata.has(`${header.architecture}.pooling_type`)
    ? []
    : [[`${header.architecture}.pooling_type`, 1, 0]];
  const model = new addon.AddonModel(path, {
    addonExports: addon,
    gpuLayers: layers,
    useMmap: true,
    overridesList: pooling,
  });
  if (!(await model.init())) {
    throw new Error(
      `llama.cpp could not load ${path} (architecture ${header.architecture}); its log is above. Set MODEL_PATH to another GGUF file.`,
    );
  }
  const contextSize = Math.min(model.getTrainContextSize() || options.contextSize, options.contextSize);
  const threads = options.threads ?? (header.bytes <= oneThreadBytes ? 1 : fewThreads);
  const batchSize = Math.min(contextSize, maxBatch);
  const headSize = number('attention.key_length') || number('embedding_length') / number('attention.head_count');
  const flashAttention = device === 'cpu' && headSize % vectorWidth !== 0 ? false : 'auto';
  const context = await createContext(addon, model, {
    contextSize: contextSize * options.slots,
    sequences: options.slots,
    batchSize,
    threads,
    flashAttention,
  });
  const tokenize = tokenizer(model);
  const spell = vocabulary(model);
  const { slots, queueLimit, ordered } = options;
  const engine = createEngine({ addon, model, context, spell, slots, batchSize, queueLimit, ordered });
  const embedder = createEmbedder(contextSize, () =>
    createContext(addon, model, {
      contextSize,
      sequences: 1,
      batchSize: contextSize,
      threads,
      flashAttention,
      embeddings: true,
    }),
  );
  const memory = model.getMemoryBreakdown();
  return {
    info: {
      file: basename(path),
      bytes: header.bytes,
      contextSize,
      slots,
      threads,
      gpuLayers: layers,
      memoryBytes: memory.cpuRam + memory.gpuVram,
      gpuMemoryBytes: memory.gpuVram,
      loadMs: Math.round(performance.now() - started),
    },
    engine,
    template: chatPrompt(addon, model, header.metadata.get('tokenizer.chat_template')),
    embedder,
    tokenize,
    tokens: header.tokens,
    endTokens: () =>
      Array.from({ length: header.tokens }, (_, token) => token).filter((token) => model.isEogToken(token)),
    spell,
    async dispose() {
      await engine.close();
      await embedder.dispose();
      await context.dispose();
      await model.dispose();
    },
  };
}

async function createContext(
  addon: LoadedAddon['addon'],
  model: AddonModel,
  options: Record<string, unknown>,
): Promise<AddonContext> {
  const context = new addon.AddonContext(model, options);
  if (!(await context.init()))
    throw new Error(
      'llama.cpp could not create a context (out of memory?); its log is above. Lower MODEL_SLOTS or MODEL_CONTEXT.',
    );
  return context;
}

function tokenizer(model: AddonModel): LoadedModel['tokenize'] {
  const bos = model.shouldPrependBosToken() ? model.tokenBos() : -1;
  return (text, special) => {
    const tokens = model.tokenize(text, special);
    // Some chat templates spell the beginning-of-sequence token themselves.
    if (bos < 0 || tokens[0] === bos) return tokens;
    return Uint32Array.of(bos, ...tokens);
  };
}
