// Stands for a runner that starts a stack host and does nothing more. Usage: node bare-runner.ts <file>
// Its host removes the file as soon as there is one, and then loops for ever. Prints the run's folder and the host's pid, as JSON.
import { createRunDir } from '../../../fixtures/stack/lease/rundir.ts';
import { startHost } from '../../../servers/host/start.ts';

const loop = `import fs from 'node:fs';
if (process.argv[1]?.endsWith('servers/host/main.ts'))
  setInterval(() => {
    if (!fs.existsSync(${JSON.stringify(process.argv[2])})) return;
    fs.rmSync(${JSON.stringify(process.argv[2])});
    for (;;);
  }, 20).unref();`;
const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(loop)}` };
const runDir = createRunDir();
const { host } = await startHost(runDir, 60_000, console.error, env);
process.stdout.write(JSON.stringify({ runDir, host: host.pid }));
setInterval(() => {}, 1_000);
