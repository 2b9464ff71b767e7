// Makes a model that is the same shape and knows nothing: the proof that the journeys need the trained weights.
//
//     node seed/model/randomise.ts seed/model/plumbline-tiny.gguf out.gguf [seed]
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const types = { f32: 0, f16: 1, q8_0: 8 } as const;
const valueBytes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
const stringKind = 8;
const arrayKind = 9;
/** Standard deviation of the random weights, as of a fresh model. */
const spread = 0.02;

interface Tensor {
  readonly name: string;
  readonly dimensions: number;
  readonly elements: number;
  readonly type: number;
  readonly offset: number;
}

/** Reads a GGUF's directory of tensors; `data` is where their bytes begin. */
function directory(file: Buffer): { tensors: Tensor[]; data: number } {
  if (file.toString('latin1', 0, 4) !== 'GGUF') throw new Error('Not a GGUF file: it does not begin with "GGUF".');
  let at = 8;
  let alignment = 32;
  /** The position before stepping over so many bytes. */
  const step = (bytes: number) => {
    at += bytes;
    return at - bytes;
  };
  const u32 = () => file.readUInt32LE(step(4));
  const u64 = () => Number(file.readBigUInt64LE(step(8)));
  const text = () => {
    const start = step(u64());
    return file.toString('utf8', start, at);
  };
  const skip = (kind: number): void => {
    if (kind === stringKind) text();
    else if (kind === arrayKind) {
      const item = u32();
      for (let left = u64(); left > 0; left--) skip(item);
    } else step(valueBytes[kind] ?? 0);
  };
  const count = u64();
  for (let keys = u64(); keys > 0; keys--) {
    const key = text();
    const kind = u32();
    if (key === 'general.alignment') alignment = file.readUInt32LE(at);
    skip(kind);
  }
  const tensors = Array.from({ length: count }, () => {
    const name = text();
    const sizes = Array.from({ length: u32() }, u64);
    return { name, dimensions: sizes.length, elements: sizes.reduce((a, b) => a * b, 1), type: u32(), offset: u64() };
  });
  return { tensors, data: Math.ceil(at / alignment) * alignment };
}

/** A seeded source of normally distributed numbers (mulberry32 and Box-Muller). */
function normal(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** A number as the bits of a half-precision float; what is too small for a normal one becomes zero. */
function half(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  const exponent = Math.floor(Math.log2(size));
  if (size === 0 || exponent < -14) return sign;
  const fraction = Math.min(1023, Math.round((size / 2 ** exponent - 1) * 1024));
  return sign | ((exponent + 15) << 10) | fraction;
}

function fill(file: Buffer, tensor: Tensor, start: number, next: () => number): void {
  if (tensor.type === types.f32)
    for (let i = 0; i < tensor.elements; i++) file.writeFloatLE(next() * spread, start + 4 * i);
  else if (tensor.type === types.f16)
    for (let i = 0; i < tensor.elements; i++) file.writeUInt16LE(half(next() * spread), start + 2 * i);
  else if (tensor.type === types.q8_0)
    for (let block = 0, at = start; block < tensor.elements / 32; block++, at += 34) {
      file.writeUInt16LE(half(spread / 32), at);
      for (let i = 0; i < 32; i++) file.writeInt8(Math.max(-127, Math.min(127, Math.round(next() * 32))), at + 2 + i);
    }
  else throw new Error(`${tensor.name} has type ${tensor.type}; random weights are made for F32, F16 and Q8_0 only.`);
}

/**
 * A copy of a GGUF whose weight matrices are random; norms, tokenizer and template stay.
 *
 * @param seed same seed, same bytes
 * @throws when the bytes are no GGUF or a tensor has a type other than F32, F16 and Q8_0
 */
export function randomise(model: Buffer, seed = 1): Buffer {
  const file = Buffer.from(model);
  const { tensors, data } = directory(file);
  const next = normal(seed);
  for (const tensor of tensors) if (tensor.dimensions > 1) fill(file, tensor, data + tensor.offset, next);
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , from, to, seed] = process.argv;
  if (!from || !to) throw new Error('Usage: node seed/model/randomise.ts <model.gguf> <out.gguf> [seed]');
  writeFileSync(to, randomise(readFileSync(from), Number(seed ?? 1)));
}
