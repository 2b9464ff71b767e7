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
  bundled('plumbline-tiny', 'generator', '4a163b7644a945a5f0a8211ae4ebf6b43cb506ef50f31c9ed2692c63516f5773'),
  bundled('plumbline-critic', 'critic', '121e2a18bc60d96d00690c5666d1f96e013d7a3d737aee214e7cd39642e04e45'),
];

/** Hex SHA-256 of a model file as it is on disk; differs from `sha256` when the file was retrained or damaged. */
export function digest(model: BundledModel): string {
  return createHash('sha256').update(readFileSync(model.path)).digest('hex');
}
