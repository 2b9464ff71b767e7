import type { Socket } from 'node:net';
import {
  createMessageConnection,
  type MessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
} from 'vscode-jsonrpc/node';
import type { Config } from '../../fixtures/config/index.ts';
import { type Role, roleNames, roles } from '../../fixtures/config/roles.ts';
import { createBundles } from '../../fixtures/stack/bundle/index.ts';
import { endContainers, ensureReaper } from '../../fixtures/stack/docker/container.ts';
import { runIdOf } from '../../fixtures/stack/docker/sweep.ts';
import * as protocol from '../../fixtures/stack/lease/protocol.ts';
import { makeTempDir } from '../../fixtures/stack/lease/rundir.ts';
import type { MysqlTemplates } from '../../fixtures/stack/mysql/templates.ts';
import type { Templates } from '../../fixtures/stack/postgres/templates.ts';
import { createSqliteFiles } from '../../fixtures/stack/sqlite/files.ts';
import type { SqliteTemplates } from '../../fixtures/stack/sqlite/types.ts';
import { createTraceReceiver } from '../../fixtures/wire/otlp/receiver.ts';
import { createBoot, createBoots } from './boots.ts';
import { compileCache } from './compiled.ts';
import { createDatabases } from './databases.ts';
import { createOwnPostgres } from './own-postgres.ts';
import { createProcesses } from './processes.ts';
import { createSpawner } from './spawner.ts';
import { bootAttached } from './target.ts';

export interface HostOptions {
  runDir: string;
  config: Config;
  own(pid: number, as?: 'watched'): void;
  /** What the databases are cloned from, where they are not those of the reference service. */
  templates?: Templates;
  /** The same for other engines; without them there are none. */
  mysqlTemplates?: MysqlTemplates;
  sqliteTemplates?: SqliteTemplates;
}

const isRole = (label: string): label is Role => Object.hasOwn(roles, label);

/** Of a run without a description. */
const noFiles = { lease: {}, report: { ms: 0, detail: {} }, stop: async () => undefined };

/** In the environment of a command: where spans are to be sent. */
const tracesPlaceholder = '{traces.url}';

/** How a label ends when a worker keeps what bears it from test to test. */
const ofWorker = /-w\d+$/;

/** The stack of one run behind JSON-RPC connections; a connection that closes releases what was leased through it. */
export function createHost({ runDir, config, own, templates, mysqlTemplates, sqliteTemplates }: HostOptions) {
  let runner: MessageConnection | undefined;
  const progress = (line: string) => void runner?.sendNotification(protocol.progress, { line }).catch(() => {});
  const processes = createProcesses(own, { ...compileCache(config), TMPDIR: makeTempDir(runDir) });
  const traces = createTraceReceiver();
  const run = {
    ...{ runDir, own, progress, processes, tracesUrl: traces.url },
    ...(templates ? { templates } : {}),
    ...(mysqlTemplates ? { mysqlTemplates } : {}),
  };
  const boots = createBoots(config, run);
  const target = bootAttached(config, run);
  const files =
    sqliteTemplates &&
    createSqliteFiles({ cacheDir: config.PLUMBLINE_CACHE_DIR, runDir, templates: sqliteTemplates, progress });
  const filled = createBoot('sqlite', async () => ({
    choice: { provider: 'file', reason: 'a database of the description is one of SQLite' },
    started: files ? await files.start() : noFiles,
  }));
  const databases = createDatabases(boots.postgres, {
    mysql: { names: mysqlTemplates?.names ?? [], server: boots.mysql },
    sqlite: { names: sqliteTemplates?.names ?? [], files },
  });
  const bundles = createBundles(config.PLUMBLINE_CACHE_DIR, progress);
  const spawner = createSpawner(processes, bundles);
  const ownPostgres = createOwnPostgres(config, run);

  /** @param end ends the host; graceMs is what children get to finish. */
  const sockets = new Set<Socket>();

  function serve(socket: Socket, end: (graceMs: number) => Promise<void>): void {
    const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
    sockets.add(socket);
    const spawned = new Set<number>();
    const ownServers = new Set<string>();
    const lease = databases.forConnection();
    let kind: 'runner' | 'worker' = 'worker';

    connection.onRequest(protocol.hello, (who) => {
      kind = who.kind;
      if (kind !== 'runner') return;
      runner = connection;
    });
    for (const role of roleNames) connection.onRequest(protocol.bootRole(role), () => boots[role].outcome());
    connection.onRequest(protocol.fillFiles, () => filled.outcome());
    connection.onRequest(protocol.bootTarget, () => target.outcome());
    connection.onNotification(protocol.bootAhead, () => {
      // The reference service has no MySQL.
      const { mysql: _, ...ahead } = boots;
      for (const boot of Object.values(ahead)) void boot.started().catch(() => {});
    });
    connection.onRequest(protocol.cloneDatabase, ({ template, name }) => lease.clone(template, name));
    connection.onRequest(protocol.dropDatabase, ({ name }) => lease.drop(name));
    connection.onRequest(protocol.leaseFresh, ({ template }) => lease.fresh(template));
    connection.onRequest(protocol.releaseFresh, ({ database }) => lease.release(database));
    connection.onRequest(protocol.readTrace, ({ traceId }) => [...traces.read(traceId)]);
    connection.onRequest(protocol.readLinked, ({ traceId }) => [...traces.linkedTo(traceId)]);
    connection.onRequest(protocol.spawnProcess, async (options) => {
      // Sent off soon, so that a test need not wait for its trace.
      const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: await traces.url(), OTEL_BSP_SCHEDULE_DELAY: '200' };
      const covering = process.env['PLUMBLINE_COVERAGE_DIR'];
      const watched = { ...tracing, ...(covering && !options.foreign ? { NODE_V8_COVERAGE: covering } : {}) };
      const env: Record<string, string> = { ...watched, ...options.env };
      // Known here alone.
      if (options.foreign)
        for (const [name, value] of Object.entries(env))
          env[name] = value.replaceAll(tracesPlaceholder, tracing.OTEL_EXPORTER_OTLP_ENDPOINT);
      if (options.containers) {
        ensureReaper(runDir, own);
        env['PLUMBLINE_CONTAINERS'] = runIdOf(runDir);
      }
      const outcome = await spawner({ ...options, env });
      if (outcome.ok) {
        spawned.add(outcome.value.pid);
        // The worker may have died while its service booted.
        if (socket.destroyed) await processes.stop(outcome.value.pid, 'SIGKILL');
      }
      return outcome;
    });
    connection.onRequest(protocol.stopProcess, async ({ pid, signal, graceMs }) => ({
      code: await processes.stop(pid, signal, graceMs),
    }));
    connection.onRequest(protocol.signalProcess, ({ pid, signal }) => processes.signal(pid, signal));
    connection.onRequest(protocol.startOwnPostgres, async ({ label, templates, settings }) => {
      ownServers.add(label);
      const lease = await ownPostgres.start(label, templates, settings);
      // The worker may have died while it booted.
      if (socket.destroyed) await ownPostgres.stop(label);
      return lease;
    });
    connection.onRequest(protocol.actOnOwnPostgres, ({ label, act }) => ownPostgres.act(label, act));
    connection.onRequest(protocol.readLogs, async ({ label, last }) => {
      const lines = isRole(label) ? (await boots[label].started().catch(() => undefined))?.logs?.() : undefined;
      return lines?.slice(-last) ?? ownPostgres.logs(label, last) ?? processes.logs(label, last);
    });
    connection.onRequest(protocol.readPids, async () => {
      const [{ pid: modelPid }, { pid: postgresPid }] = [await boots.model.started(), await boots.postgres.started()];
      return { ...(modelPid && { model: modelPid }), ...(postgresPid && { postgres: postgresPid }) };
    });
    connection.onRequest(protocol.heldForTest, () => [
      ...lease.outstanding().map((database) => `database ${database}`),
      ...[...spawned]
        .map((pid) => ({ pid, label: processes.labelOf(pid) }))
        .filter(({ label }) => label !== undefined && !ofWorker.test(label))
        .map(({ pid, label }) => `process ${label} (pid ${pid})`),
      ...[...ownServers].filter(ownPostgres.runs).map((label) => `Postgres server ${label}`),
    ]);
    connection.onRequest(protocol.shutdown, () => end(2_000));
    connection.onError(() => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      connection.dispose();
      if (kind === 'runner') {
        runner = undefined;
        void end(0);
        return;
      }
      for (const pid of spawned) void processes.stop(pid, 'SIGTERM', 1_000);
      for (const label of ownServers) void ownPostgres.stop(label);
      void lease.releaseAll();
    });
    connection.listen();
  }

  async function stop(graceMs: number): Promise<void> {
    await processes.stopAll(graceMs > 0 ? 'SIGTERM' : 'SIGKILL', graceMs);
    await ownPostgres.stopAll();
    await Promise.allSettled(Object.values(boots).map((boot) => boot.stop()));
    await endContainers(runDir);
    traces.stop();
  }

  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  return { serve, stop, hangUp };
}
