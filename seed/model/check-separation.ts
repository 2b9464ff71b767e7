// Proves that no hand-worded question was in the bundled model's training text.
//
//     node seed/model/check-separation.ts
//
// The text is generated on the fly, so the training run recorded a fingerprint of every question it saw.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const questionsFolder = fileURLToPath(new URL('../questions', import.meta.url));
const documentsFolder = fileURLToPath(new URL('../documents', import.meta.url));
const recordFile = fileURLToPath(new URL('./trained-questions.bin', import.meta.url));

/** Case, punctuation and whitespace gone. Kept in step with `normal` in tools/model/recipe/batches.py. */
function normalise(question: string): string {
  const kept = question
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, ' ');
  return kept.trim().split(/\s+/u).join(' ');
}

/** The first 32 bits of the SHA-256 of the normalised question. */
function fingerprint(question: string): number {
  return createHash('sha256').update(normalise(question)).digest().readUInt32BE(0);
}

/** Reads the record: ascending fingerprints, each stored as the difference to the one before in 7-bit groups. */
function* trained(record: Uint8Array): Generator<number> {
  let value = 0;
  let delta = 0;
  let factor = 1;
  for (const byte of record) {
    delta += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte & 0x80) continue;
    value += delta;
    yield value;
    delta = 0;
    factor = 1;
  }
}

function* strings(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* strings(item);
  else if (value && typeof value === 'object')
    for (const [key, item] of Object.entries(value))
      if (key === 'question' && typeof item === 'string') yield item;
      else yield* strings(item);
}

/**
 * Every text under a `question` key in the JSON files of a folder. Not of its subfolders: the small Spider-shaped sample
 * there tests the loader, and no accuracy of the bundled model is claimed on it.
 */
function handWorded(folder: string = questionsFolder): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.flatMap((name) => [...strings(JSON.parse(readFileSync(join(folder, name), 'utf8')))]);
}

interface Separation {
  /** How many different questions the training run saw. */
  readonly trained: number;
  /** How many hand-worded questions were looked up. */
  readonly checked: number;
  /** Those that were in the training text: empty when the two are separate. */
  readonly shared: readonly string[];
}

/**
 * Looks each question up among the fingerprints of the training run.
 *
 * @param questions hand-worded questions; by default every one in seed/questions
 */
export function checkSeparation(questions: readonly string[] = handWorded()): Separation {
  const seen = new Set(trained(readFileSync(recordFile)));
  return {
    trained: seen.size,
    checked: questions.length,
    shared: questions.filter((question) => seen.has(fingerprint(question))),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { trained, checked, shared } = checkSeparation();
  console.log(`${checked} hand-worded questions looked up among ${trained} trained ones: ${shared.length} shared`);
  for (const question of shared) console.log(`  ${question}`);
  const about = checkSeparation(handWorded(documentsFolder));
  console.log(
    `${about.checked} questions about the documents: the wording of ${about.shared.length} was met (README.md)`,
  );
  process.exitCode = shared.length || !checked || !trained ? 1 : 0;
}
