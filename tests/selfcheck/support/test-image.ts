import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { dockerRuntime } from '../../../fixtures/stack/docker/runtime.ts';

/** An image made of files of this machine: no registry is asked, and nothing is downloaded. */
export interface TestImage {
  name: string;
  /** Programs, each with the libraries that it is linked with. */
  programs: readonly string[];
  /** Folders, whole. */
  folders?: readonly string[];
  /** Texts by their path. */
  texts?: Readonly<Record<string, string>>;
  /** In the words of a Dockerfile. */
  changes: readonly string[];
}

/** Whether a daemon answers. */
export const dockerAnswers = (): Promise<boolean> =>
  dockerRuntime().then(
    () => true,
    () => false,
  );

/** Imports the image, and gives what removes it again. @param scratch a folder for what is written on the way */
export async function importImage(image: TestImage, scratch: string): Promise<() => Promise<void>> {
  const root = fs.mkdtempSync(path.join(scratch, 'image-'));
  fs.mkdirSync(path.join(root, 'tmp'));
  fs.chmodSync(path.join(root, 'tmp'), 0o1777);
  for (const [name, text] of Object.entries(image.texts ?? {})) {
    fs.mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text, { mode: 0o755 });
  }
  const files = new Set(image.programs.flatMap((program) => [program, ...librariesOf(program)]));
  const { folders = [] } = image;
  // Each file once: tar would make the second one a link to the first.
  const loose = [...files].filter((file) => !folders.some((folder) => file.startsWith(`${folder}/`)));
  const taken = [...loose, ...folders].map((file) => file.replace(/^\//, ''));
  // Links are followed: a library's name leads to the file wherever the machine keeps it.
  const tar = spawn('tar', ['--hard-dereference', '-chf', '-', '-C', root, '.', '-C', '/', ...taken], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { dockerode } = (await dockerRuntime()).container;
  const [repo = '', tag = 'latest'] = image.name.split(':');
  const imported = await dockerode.importImage(tar.stdout, { repo, tag, changes: [...image.changes] });
  await new Promise<void>((resolve, reject) =>
    dockerode.modem.followProgress(imported, (error) => (error ? reject(error) : resolve())),
  );
  return async () => void (await dockerode.getImage(image.name).remove({ force: true }));
}

/** What the loader would load, the loader included. */
function librariesOf(program: string): string[] {
  try {
    const lines = execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n');
    return lines.flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  } catch {
    // Linked with nothing.
    return [];
  }
}
