import { createHash } from 'node:crypto';
import { test as base } from '@playwright/test';
import { loadConfig } from '../../../fixtures/config/index.ts';
import { removeRun } from '../../../fixtures/stack/lease/rundir.ts';
import { withMysql } from '../../../fixtures/stack/mysql/connect.ts';
import type { MysqlTemplates } from '../../../fixtures/stack/mysql/templates.ts';
import type { StartedMysql } from '../../../fixtures/stack/mysql/types.ts';
import { skipWithout } from '../../../fixtures/stack/optional/skip.ts';
import { providerOf, settle } from '../../../fixtures/stack/registry.ts';
import { createProcesses } from '../../../servers/host/processes.ts';
import { makeRunDir, startOptions } from './postgres-servers.ts';

/** One template, `people`, made by these statements. */
export const peopleMadeBy = (statements: readonly string[]): MysqlTemplates => ({
  names: ['people'],
  hash: () => createHash('sha256').update(statements.join(';')).digest('hex'),
  from: () => undefined,
  fill: (_, url) =>
    withMysql(url, async (connection) => {
      for (const sql of statements) await connection.query(sql);
    }),
});

/** Starts a server as a run would. */
export async function startServer(mysqlTemplates: MysqlTemplates): Promise<StartedMysql & { lines: string[] }> {
  const config = loadConfig();
  const runDir = makeRunDir();
  const options = startOptions(runDir);
  const processes = createProcesses(options.own, {});
  const choice = await settle(config, 'mysql', 'all');
  const started = await providerOf('mysql', choice).start(config, {
    ...options,
    processes,
    mysqlTemplates,
    tracesUrl: async () => '',
  });
  const stop = async () => {
    await started.stop();
    removeRun(runDir);
  };
  return { ...started, lines: options.lines, stop };
}

interface Options {
  /** What makes the template `people`. */
  statements: readonly string[];
}

/** A server that the tests of a file share; they are skipped where there is none. */
export const test = base.extend<{ _server: undefined }, Options & { mysql: StartedMysql & { lines: string[] } }>({
  statements: [[], { option: true, scope: 'worker' }],
  mysql: [
    async ({ statements }, use) => {
      const server = await startServer(peopleMadeBy(statements));
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  // Before the server of the worker is asked for.
  _server: [
    async ({}, use, testInfo) => {
      skipWithout(testInfo, 'mysql server');
      await use(undefined);
    },
    { auto: true },
  ],
});
