import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface BundledModel {
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
  bundled('plumbline-tiny', 'generator', 'TINY'),
  bundled('plumbline-critic', 'critic', 'CRITIC'),
];

/** Hex SHA-256 of a model file as it is on disk; differs from `sha256` when the file was retrained or damaged. */
export function digest(model: BundledModel): string {
  return createHash('sha256').update(readFileSync(model.path)).digest('hex');
}
