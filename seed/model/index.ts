import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface BundledModel {
  /** The name under which the model server serves it. */
  readonly id: string;
  readonly role: 'generator' | 'critic';
  /** Absolute path of the GGUF file. */
  readonly path: string;
  /** Hex digest that the file had when its accuracy was measured (README.md). */
  readonly sha256: string;
}

function bundled(id: string, role: BundledModel['role'], sha256: string): BundledModel {
  return { id, role, path: fileURLToPath(new URL(`./${id}.gguf`, import.meta.url)), sha256 };
}

/** The models that the repository carries. */
export const bundledModels: readonly BundledModel[] = [
  bundled('plumbline-tiny', 'generator', '3a87c257528887bd1ba5f82553af2a156b3edad4d48b37964472ab3a045e0804'),
  bundled('plumbline-critic', 'critic', '8747e77c9aadc03bfb9f6de3ad011ac523766f5a0903ecda5dbe4940f66117c8'),
];

/** Hex SHA-256 of a model file as it is on disk; differs from `sha256` when the file was retrained or damaged. */
export function digest(model: BundledModel): string {
  return createHash('sha256').update(readFileSync(model.path)).digest('hex');
}
