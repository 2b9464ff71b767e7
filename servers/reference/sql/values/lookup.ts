import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../../config.ts';
import type { Catalog } from '../../databases/catalog.ts';
import { type Place, readContents } from '../../databases/contents.ts';
import type { Database } from '../../databases/database.ts';
import { indexValues, type ValueIndex } from './index.ts';

type Asked = { text: string; signal: AbortSignal; log: FastifyBaseLogger };

/** Finds values of the databases in questions. */
export type ValueLookup = {
  /**
   * The values of the database that the question names, as far as they are known after SQL_VALUES_WAIT_MS. They are
   * optional: after a failure or a time-out there are none, and the question is answered without them.
   *
   * @throws only the signal's reason
   */
  find(database: Database, catalog: Catalog, question: Asked): Promise<Place[]>;
  /** The columns of a value, as far as they are known without waiting. */
  places(database: Database, value: string): readonly Place[];
  /** Ends reading in the background. */
  end(): void;
};

type Known = { catalog: Catalog; until: number; index: ValueIndex | undefined; reading: Promise<void> | undefined };

/** After a failure the database is not read for this long, in milliseconds. */
const pause = 5_000;

export function openValueLookup(config: Config): ValueLookup {
  const perColumn = config.SQL_VALUES_PER_COLUMN;
  const known = new WeakMap<Database, Known>();
  const closing = new AbortController();

  /** Reads the values again if they are too old or of another schema. Concurrent callers share one read. */
  const current = (database: Database, catalog: Catalog, log: FastifyBaseLogger): Known => {
    const before = known.get(database);
    if (before?.catalog === catalog && (before.reading || before.until > performance.now())) return before;
    const entry: Known = { catalog, until: 0, index: undefined, reading: undefined };
    const started = performance.now();
    const onUnread = (table: string, err: unknown) =>
      log.warn({ err, database: database.name, table }, 'table not read');
    entry.reading = readContents(database, catalog, perColumn, closing.signal, onUnread)
      .then((contents) => {
        entry.index = indexValues(contents, catalog);
        entry.until = performance.now() + config.SQL_CATALOG_TTL_MS;
        const values = contents.reduce((sum, column) => sum + column.values.length, 0);
        log.debug({ database: database.name, values, ms: performance.now() - started }, 'values read');
      })
      .catch((err: unknown) => {
        entry.until = performance.now() + pause;
        if (!closing.signal.aborted) log.warn({ err, database: database.name }, 'values not read');
      })
      .finally(() => {
        entry.reading = undefined;
      });
    known.set(database, entry);
    return entry;
  };

  return {
    async find(database, catalog, { text, signal, log }) {
      if (perColumn === 0) return [];
      const entry = current(database, catalog, log);
      if (entry.reading) await within(config.SQL_VALUES_WAIT_MS, entry.reading, signal);
      return entry.index?.find(text) ?? [];
    },
    places: (database, value) => known.get(database)?.index?.places(value) ?? [],
    end: () => closing.abort(new Error('the service is stopping')),
  };
}

/** Waits for work, but no longer than this many milliseconds, and not past the signal. @throws the signal's reason */
async function within(ms: number, work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  signal.addEventListener('abort', over.resolve as () => void, { once: true });
  try {
    await Promise.race([work, over.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', over.resolve as () => void);
  }
  signal.throwIfAborted();
}
