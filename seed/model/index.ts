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
  bundled('plumbline-tiny', 'generator', '8ebdfc16157027a832949dd8509b38ab49afb9bce648ec2250742f6da6ed5933'),
  bundled('plumbline-critic', 'critic', '2ed23e78e4b98e73397f7f0f726e5e61ffeb2607b9f044e5ae4c62343218817a'),
];

/** Hex SHA-256 of a model file as it is on disk; differs from `sha256` when the file was retrained or damaged. */
export function digest(model: BundledModel): string {
  return createHash('sha256').update(readFileSync(model.path)).digest('hex');
}
