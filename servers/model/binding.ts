/**
 * The one file that touches what node-llama-cpp does not publish: its native addon.
 * The public API pays several promises and a lock for each token; on a small model that is more than the inference
 * itself. Written against node-llama-cpp 3.22.1, which package.json pins; `checkAddon` notices a release that differs.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Device, deviceError, type GpuDevice, likelyGpus } from '../../fixtures/stack/model/device.ts';

export type AddonSampler = {
  applyConfig(config: Record<string, number | Uint32Array | Float32Array>): void;
  dispose(): void;
};

/** What `sampleToken` gives when asked for more than the token: the pairs are flattened, [token, logit, token, logit…]. */
type Sampled = [token: number, probabilities: undefined, confidence: undefined, logits: number[], total: number];

export type AddonContext = {
  init(): Promise<boolean>;
  dispose(): Promise<void>;
  initBatch(tokens: number): void;
  addToBatch(sequence: number, position: number, tokens: Uint32Array, logitsFor: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  sampleToken(logits: number, sampler: AddonSampler): Promise<number>;
  sampleToken(
    logits: number,
    sampler: AddonSampler,
    probabilities: false,
    confidence: false,
    logitsOf: true | [tokens: number[], max: false, min: false, selected: false, top: number],
    total: true,
  ): Promise<Sampled>;
  disposeSequence(sequence: number): void;
  /** Forgets a sequence's tokens from one position to before another (-1: all). Returns false where the model cannot. */
  removeTokenCellsFromSequence(sequence: number, from: number, to: number): boolean;
  getEmbedding(tokens: number): Float64Array;
  getThreads(): number;
};

export type AddonModel = {
  init(): Promise<boolean>;
  dispose(): Promise<void>;
  tokenize(text: string, special: boolean): Uint32Array;
  getTokenString(token: number): string;
  getTokenAttributes(token: number): number;
  getVocabularyType(): number;
  getTrainContextSize(): number;
  getEmbeddingVectorSize(): number;
  getMemoryBreakdown(): { cpuRam: number; gpuVram: number };
  isEogToken(token: number): boolean;
  tokenBos(): number;
  tokenEos(): number;
  shouldPrependBosToken(): boolean;
};

export type Addon = {
  AddonModel: new (path: string, options: Record<string, unknown>) => AddonModel;
  AddonContext: new (model: AddonModel, options: Record<string, unknown>) => AddonContext;
  AddonSampler: new (model: AddonModel) => AddonSampler;
  AddonJinjaRenderer: new (template: string) => { render(variables: Record<string, unknown>): string };
  init(): Promise<void>;
  loadBackends(directory?: string): void;
  setLogger(logger: (level: number, message: string) => void): void;
  setLoggerLogLevel(level: number): void;
  getGpuDeviceInfo(): { deviceNames: string[] };
};

export type LoadedAddon = { addon: Addon; device: Device; names: readonly string[]; release: string };

const needed: Readonly<Record<string, readonly string[]>> = {
  AddonContext: [
    'init',
    'dispose',
    'initBatch',
    'addToBatch',
    'decodeBatch',
    'sampleToken',
    'disposeSequence',
    'removeTokenCellsFromSequence',
    'getEmbedding',
  ],
  AddonModel: [
    'init',
    'dispose',
    'tokenize',
    'getTokenString',
    'getTokenAttributes',
    'isEogToken',
    'getVocabularyType',
  ],
  AddonSampler: ['applyConfig', 'dispose'],
  AddonJinjaRenderer: ['render'],
};

/** Throws one error that lists every method this server needs and the installed addon lacks. */
export function checkAddon(addon: unknown, release: string): asserts addon is Addon {
  const exported = addon as Record<string, { prototype?: Record<string, unknown> } | undefined>;
  const missing = Object.entries(needed).flatMap(([name, methods]) =>
    methods.filter((method) => typeof exported[name]?.prototype?.[method] !== 'function').map((m) => `${name}.${m}`),
  );
  if (missing.length === 0) return;
  throw new Error(
    `node-llama-cpp ${release} lacks ${missing.join(', ')}, which the embedded model server needs ` +
      '(written against 3.22.1). Install that version, or name another server in MODEL_SERVER_URL.',
  );
}

/** The log of llama.cpp, levels as the addon numbers them: 2 error, 3 warning. */
const quietest = 3;

/**
 * Loads llama.cpp for a device. On Linux without a GPU the prebuilt addon is opened directly (15 ms instead of 500 ms
 * through `getLlama`, which tests it in a child first); everywhere else the public `getLlama` finds it.
 */
export async function loadAddon(wanted: Device | 'auto', log: (message: string) => void): Promise<LoadedAddon> {
  const release = installedRelease();
  const gpus = wanted === 'auto' ? likelyGpus() : wanted === 'cpu' ? [] : [wanted];
  for (const gpu of gpus) {
    const addon = await throughPublicApi(gpu, log);
    if (addon) return finish(addon, gpu, release, log);
  }
  if (wanted !== 'auto' && wanted !== 'cpu') throw deviceError(wanted);
  const addon = prebuiltForCpu() ?? (await throughPublicApi(false, log));
  if (!addon) throw new Error(`node-llama-cpp has no prebuilt llama.cpp for ${process.platform} ${process.arch}`);
  return finish(addon, 'cpu', release, log);
}

async function finish(addon: unknown, device: Device, release: string, log: (message: string) => void) {
  checkAddon(addon, release);
  addon.setLogger((_level, message) => log(message.trimEnd()));
  addon.setLoggerLogLevel(quietest);
  await addon.init();
  return { addon, device, names: device === 'cpu' ? [] : addon.getGpuDeviceInfo().deviceNames, release };
}

function installedRelease(): string {
  const entry = fileURLToPath(import.meta.resolve('node-llama-cpp'));
  return JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')).version;
}

function prebuiltForCpu(): Addon | undefined {
  if (process.platform !== 'linux') return undefined;
  const require = createRequire(fileURLToPath(import.meta.resolve('node-llama-cpp')));
  const target = `linux-${process.arch}`;
  try {
    const directory = join(dirname(require.resolve(`@node-llama-cpp/${target}`)), '..', 'bins', target);
    const addon = require(join(directory, 'llama-addon.node')) as Addon;
    addon.setLoggerLogLevel(quietest);
    addon.loadBackends();
    addon.loadBackends(directory);
    return addon;
  } catch {
    return undefined;
  }
}

async function throughPublicApi(gpu: GpuDevice | false, log: (message: string) => void): Promise<Addon | undefined> {
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
  try {
    const llama = await getLlama({ gpu, build: 'never', progressLogs: false, logLevel: LlamaLogLevel.warn });
    // For a kind of GPU that the platform has no build of, it gives one for the CPU.
    if (llama.gpu !== gpu) return undefined;
    return (llama as unknown as { _bindings: Addon })._bindings;
  } catch (error) {
    log(`no llama.cpp for ${gpu || 'cpu'}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
