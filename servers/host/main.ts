// The stack host: one process a run. It owns every other process, and ends them when the runner's connection closes,
// however the runner ended. Usage: node main.ts <run dir> [descriptor of a pipe from the runner, for the warden]
import fs from 'node:fs';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig } from '../../fixtures/config/index.ts';
import { targetMode } from '../../fixtures/config/target-mode.ts';
import { claimRun, hostSocket, type OwnedAs, recordOwned, removeRun } from '../../fixtures/stack/lease/rundir.ts';
import { mysqlTemplatesOf, sqliteTemplatesOf, templatesOf } from '../../fixtures/target/description/prepare.ts';
import { loadProfile } from '../../fixtures/target/profile/load.ts';
import { createHost } from './host.ts';
import { startWarden } from './warden/start.ts';

/** How long children may take to end, in order or killed; the warden kills what takes longer. */
const stopMs = { inOrder: 20_000, atOnce: 3_000 } as const;

const [, , runDir, tie] = process.argv;
if (!runDir) throw new Error('usage: node main.ts <run dir>');
claimRun(runDir, process.pid);

const own = (pid: number, as?: OwnedAs) => recordOwned(runDir, pid, as);
// Before anything that the warden may have to end.
const warden = startWarden(runDir, own, tie === undefined ? undefined : Number(tie));
const config = loadConfig(process.env);
const described = targetMode(config) === 'command' ? (await loadProfile(config.TARGET_PROFILE)).description : undefined;
const preparing = { own, timeoutMs: config.PLUMBLINE_BOOT_TIMEOUT_MS };
const prepared = described && {
  templates: templatesOf(described, preparing),
  mysqlTemplates: mysqlTemplatesOf(described, preparing),
  sqliteTemplates: sqliteTemplatesOf(described, preparing),
};
const host = createHost({ runDir, config, own, ...prepared });

let endedBy: NodeJS.Signals | undefined;
/** Ends by the signal that it received, so that its parent sees that signal. */
const leave = (): void => {
  if (!endedBy) process.exit(0);
  process.removeAllListeners(endedBy);
  process.kill(process.pid, endedBy);
};

let ending: Promise<void> | undefined;
/** @param graceMs what children get to finish; 0 where nothing waits for them, nor for the runner's workers */
const end = (graceMs: number): Promise<void> => {
  ending ??= (async () => {
    server.close();
    try {
      const limitMs = graceMs > 0 ? stopMs.inOrder : stopMs.atOnce;
      const inTime = await Promise.race([host.stop(graceMs).then(() => true), delay(limitMs, false)]);
      if (!inTime) fs.writeSync(2, `not everything stopped within ${limitMs} ms: the rest is killed\n`);
      // A runner that ended first may have left workers: the warden waits for them, and then removes the folder. It also
      // does so where this process cannot.
      if (inTime && graceMs > 0) {
        removeRun(runDir);
        warden.release();
      }
    } catch (error) {
      fs.writeSync(2, `not everything could be removed: ${String(error)}\n`);
    } finally {
      // Whatever a library keeps open must not keep the host alive. The reply to `shutdown` goes out first.
      setImmediate(leave);
    }
  })();
  return ending;
};

const server = net.createServer((socket) => host.serve(socket, end));
server.listen(hostSocket(runDir), () => fs.writeSync(1, 'ready\n'));

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(signal, () => {
    endedBy = signal;
    fs.writeSync(2, `ending on ${signal}\n`);
    void end(1_000);
    // So that no caller waits for an answer, and the runner notices at once.
    host.hangUp();
  });
// A host with an unexpected error must leave nothing behind either.
process.on('uncaughtException', (error) => {
  fs.writeSync(2, `${error.stack ?? error}\n`);
  void end(0);
});
process.on('unhandledRejection', (error) => {
  fs.writeSync(2, `unhandled: ${error instanceof Error ? error.stack : String(error)}\n`);
});
// A pipe from the runner, which ends with it: it may be gone before it has connected.
process.stdin.once('end', () => void end(0)).resume();
