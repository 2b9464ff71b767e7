import fs from 'node:fs';
import path from 'node:path';
import type { TestInfo } from '@playwright/test';
import { createBundles } from '../../../../fixtures/stack/bundle/index.ts';
import { createProcesses } from '../../../../servers/host/processes.ts';
import { createSpawner } from '../../../../servers/host/spawner.ts';

/** A service of two files, as small as one can be: it listens nowhere, and says so in the words of `word.ts`. */
const main = `import { word } from './word.ts';
interface Line { event: string; url: string }
const line: Line = { event: 'listening', url: 'http://' + word() };
console.log(JSON.stringify(line));
setInterval(() => {}, 1_000);
`;

export const saying = (word: string): string => `export const word = (): string => '${word}';\n`;

/** A folder of its own with the service's sources and a cache. */
export function writeService(testInfo: TestInfo, sources: Record<string, string> = {}) {
  const [folder, cache] = [testInfo.outputPath('small'), testInfo.outputPath('cache')];
  const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  fs.mkdirSync(folder);
  for (const [name, text] of Object.entries({
    'package.json': '{ "type": "module" }',
    'main.ts': main,
    'word.ts': saying('one'),
    ...sources,
  }))
    write(name, text);
  return { script: path.join(folder, 'main.ts'), cache, write };
}

/** Starts the service as a stack host does; everything ends with the scope. */
export function startsOf(cache: string) {
  const progress: string[] = [];
  const processes = createProcesses(() => {}, {});
  const spawn = createSpawner(
    processes,
    createBundles(cache, (line) => progress.push(line)),
  );
  let count = 0;
  return {
    progress,
    async start(script: string, env: Record<string, string> = {}) {
      const label = `small-${count++}`;
      const options = { label, args: [script], bundled: 'the small service', env, timeoutMs: 20_000 };
      const outcome = await spawn(options);
      return { outcome, log: processes.logs(label, 100).join('\n') };
    },
    /** The script that a started process runs. Linux only. */
    scriptOf: (pid: number) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').at(-2) ?? '',
    [Symbol.asyncDispose]: () => processes.stopAll('SIGKILL', 0),
  };
}
