// Starts the web server and the worker as processes of their own, and ends both. A worker that dies is started again.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const running = new Set();
let ending = false;

function end(code) {
  if (!ending) setTimeout(() => process.exit(code), 4_000).unref();
  ending = true;
  process.exitCode = code;
  for (const child of running) child.kill('SIGTERM');
}

function start(file, ended) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)));
  running.add(child);
  child.on('exit', (code) => {
    running.delete(child);
    if (!ending) ended(code ?? 1);
    else if (running.size === 0) process.exit();
  });
}

const startWorker = () =>
  start('worker.mjs', (code) => {
    console.error(`the worker ended with ${code}: it is started again`);
    setTimeout(startWorker, 100);
  });

start('server.mjs', (code) => end(code));
startWorker();
process.on('SIGTERM', () => end(0));
process.on('SIGINT', () => end(0));
