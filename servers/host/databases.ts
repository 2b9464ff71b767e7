import type { Clone } from '../../fixtures/stack/lease/protocol.ts';
import type { StartedMysql } from '../../fixtures/stack/mysql/types.ts';
import type { StartedPostgres } from '../../fixtures/stack/postgres/types.ts';
import type { SqliteFiles } from '../../fixtures/stack/sqlite/files.ts';
import { fileUrl } from '../../fixtures/stack/sqlite/path.ts';
import type { Boot } from './boots.ts';

/** The templates of other engines than Postgres, and what copies them. */
interface Others {
  readonly mysql: { readonly names: readonly string[]; readonly server: Boot<StartedMysql> };
  readonly sqlite: { readonly names: readonly string[]; readonly files: SqliteFiles | undefined };
}

/** The databases that connections hold, so that each is dropped when its connection closes. */
export function createDatabases(postgres: Boot<StartedPostgres>, { mysql, sqlite }: Others) {
  const held = new Set<string>();
  /** How to drop what is not in Postgres. */
  const elsewhere = new Map<string, () => Promise<void>>();
  const urls = (started: StartedPostgres, database: string) => ({
    owner: started.url(database, 'owner'),
    reader: started.url(database, 'reader'),
    admin: started.url('postgres', 'admin'),
  });

  function forConnection() {
    const clones = new Set<string>();
    const fresh = new Set<string>();

    const drop = async (name: string): Promise<void> => {
      clones.delete(name);
      held.delete(name);
      const other = elsewhere.get(name);
      elsewhere.delete(name);
      await (other ? other() : (await postgres.started()).dropClone(name));
    };
    const inMysql = async (template: string, name: string): Promise<Clone> => {
      const started = await mysql.server.started();
      clones.add(name);
      elsewhere.set(name, () => started.dropClone(name));
      const { ms } = await started.createClone(template, name);
      const url = (role: 'owner' | 'reader' | 'admin') => started.url(name, role);
      return { database: name, urls: { owner: url('owner'), reader: url('reader'), admin: url('admin') }, ms };
    };
    const inSqlite = async (files: SqliteFiles, template: string, name: string): Promise<Clone> => {
      clones.add(name);
      elsewhere.set(name, async () => files.drop(name));
      const { path, ms } = await files.clone(template, name);
      const url = fileUrl(path);
      return { database: name, urls: { owner: url, reader: url, admin: url }, ms };
    };
    const release = async (database: string): Promise<void> => {
      fresh.delete(database);
      held.delete(database);
      await (await postgres.started()).releaseFresh(database);
    };
    return {
      async clone(template: string, name: string): Promise<Clone> {
        if (mysql.names.includes(template)) return inMysql(template, name);
        if (sqlite.files && sqlite.names.includes(template)) return inSqlite(sqlite.files, template, name);
        const started = await postgres.started();
        // A restarted worker finds the clone of its predecessor: same parallelIndex, same name.
        if (held.has(name)) await started.dropClone(name);
        held.add(name);
        clones.add(name);
        const { ms } = await started.createClone(known(started, template), name);
        return { database: name, urls: urls(started, name), ms };
      },
      drop,
      async fresh(template: string): Promise<Clone> {
        const started = await postgres.started();
        const { database, ms, warm } = await started.leaseFresh(known(started, template));
        held.add(database);
        fresh.add(database);
        return { database, urls: urls(started, database), ms, warm };
      },
      release,
      /** Leased to a test and not given back. */
      outstanding: () => [...fresh],
      async releaseAll(): Promise<void> {
        await Promise.allSettled([...[...clones].map(drop), ...[...fresh].map(release)]);
      },
    };
  }

  return { forConnection };
}

function known(started: StartedPostgres, template: string): (typeof started.templates)[number] {
  const found = started.templates.find((name) => name === template);
  if (!found) throw new Error(`"${template}" is not a template database. Known: ${started.templates.join(', ')}.`);
  return found;
}
