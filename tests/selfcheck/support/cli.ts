import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../../tools/cli/bin.js', import.meta.url));

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a user's own settings and the run that this is part of leave in the environment. */
const ours =
  /^(PLUMBLINE_|TARGET_|MODEL_|DATABASE_URL|CACHE_URL|MYSQL_URL|VECTOR_|TEST_|PW_|PLAYWRIGHT_|FORCE_COLOR|CI$)/;

/** Runs `plumbline` as a user would, in a folder. */
export function plumbline(
  args: readonly string[],
  { cwd = '.', env = {}, file = bin, node = process.execPath } = {},
): Promise<Said> {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  return new Promise((resolve) => {
    execFile(node, [file, ...args], { cwd, env: { ...own, ...env }, timeout: 120_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}
