import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const modules = path.join(root, 'node_modules');

export interface Packed {
  readonly tarball: string;
  /** In bytes, packed and unpacked. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly string[];
}

/** A copy of the package's sources, so that two packs at once do not write into one `dist/`. */
const sources = [
  'fixtures',
  'projects',
  'servers',
  'seed',
  'tests',
  'tools',
  'package.json',
  'tsconfig.json',
  'README.md',
  'LICENSE',
  '.env.example',
];

/** `npm pack` of this checkout, compiled and all. */
export async function pack(folder: string): Promise<Packed> {
  const stage = path.join(folder, 'checkout');
  const wanted = (file: string) => !/\/(recipe|selfcheck)$/.test(file);
  for (const source of sources)
    await fs.cp(path.join(root, source), path.join(stage, source), { recursive: true, filter: wanted });
  await fs.symlink(modules, path.join(stage, 'node_modules'));
  // npm's own Node may be an older one, and `prepack` needs what this run has.
  const PATH = `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`;
  const { stdout } = await run('npm', ['pack', '--json', '--silent', `--pack-destination=${folder}`], {
    cwd: stage,
    env: { ...process.env, PATH },
    maxBuffer: 64e6,
  });
  const all = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as PackJson[] | Record<string, PackJson>;
  const [packed] = Object.values(all);
  if (!packed) throw new Error(`npm pack printed no file name:\n${stdout}`);
  await fs.rm(stage, { recursive: true });
  return { ...packed, tarball: path.join(folder, packed.filename), files: packed.files.map(({ path: file }) => file) };
}

type PackJson = { filename: string; size: number; unpackedSize: number; files: { path: string }[] };

/**
 * Installs the tarball in a folder as npm would: with the packages that it declares, and no others. The
 * dependencies are linked from this checkout's node_modules, so that no registry is needed.
 */
export async function install(tarball: string, project: string): Promise<string> {
  const at = path.join(project, 'node_modules', 'plumbline');
  await fs.mkdir(at, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', at, '--strip-components=1']);
  const { dependencies, peerDependencies } = JSON.parse(
    await fs.readFile(path.join(at, 'package.json'), 'utf8'),
  ) as Manifest;
  // What a TypeScript project has besides.
  const theirs = ['typescript', '@types/node'];
  for (const name of [...Object.keys({ ...dependencies, ...peerDependencies }), ...theirs]) {
    const link = path.join(project, 'node_modules', name);
    await fs.mkdir(path.dirname(link), { recursive: true });
    await fs.symlink(path.join(modules, name), link);
  }
  return at;
}

type Manifest = Record<'dependencies' | 'peerDependencies', Record<string, string>>;

/** The compiler's errors about a project. */
export async function typeFaults(project: string): Promise<string> {
  const tsc = path.join(modules, 'typescript/bin/tsc');
  return run(process.execPath, [tsc, '--noEmit', '-p', project], { maxBuffer: 16e6 }).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
}
