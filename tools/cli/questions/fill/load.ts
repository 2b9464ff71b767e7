import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Table } from '../catalog.ts';
import type { Value } from './columns.ts';

/** The columns that can be written, and the statement that does so. */
export const writable = ({ columns }: Table) => columns.filter(({ generated }) => !generated);

export const copySql = (table: Table): string =>
  `COPY ${table.quoted} (${writable(table)
    .map(({ name }) => pg.escapeIdentifier(name))
    .join(', ')}) FROM stdin`;

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A row as COPY reads it, with its line end. */
export const copyLine = (row: readonly Value[]): string =>
  `${row.map((value) => (value === null ? '\\N' : value.replace(/[\\\t\n\r]/g, (one) => escapes[one] ?? one))).join('\t')}\n`;

/** A row that Postgres may refuse, and its next draws. */
export interface Draft {
  readonly row: readonly Value[];
  /** Another row in its place; undefined after the last. */
  redraw(): Draft | undefined;
}

/** What came of drafts. */
export interface Loaded {
  /** Those that are in the database, in the order in which they were written. */
  readonly kept: readonly Draft[];
  /** How many were dropped after their last draw, and Postgres's last reason. */
  readonly dropped: number;
  readonly reason: string | undefined;
}

/** Puts drafts into a table; what a constraint refuses is drawn again, and dropped in the end. In a transaction. */
export async function load(client: pg.Client, table: Table, drafts: readonly Draft[]): Promise<Loaded> {
  const kept: Draft[] = [];
  let [dropped, waiting] = [0, [...drafts]];
  let reason: string | undefined;
  while (waiting.length > 0) {
    const refused: Draft[] = [];
    reason = (await put(client, table, waiting, kept, refused)) ?? reason;
    const again = refused.flatMap((draft) => draft.redraw() ?? []);
    dropped += refused.length - again.length;
    waiting = again;
  }
  return { kept, dropped, reason };
}

/** Halves what is refused until single rows are. @returns the last reason */
async function put(
  client: pg.Client,
  table: Table,
  drafts: readonly Draft[],
  kept: Draft[],
  refused: Draft[],
): Promise<string | undefined> {
  if (drafts.length === 0) return undefined;
  await client.query('SAVEPOINT filling');
  try {
    const lines = drafts.map(({ row }) => copyLine(row)).join('');
    await pipeline(Readable.from([lines]), client.query(copyFrom(copySql(table))));
    // Deferred constraints would otherwise be checked when it is too late.
    await client.query('SET CONSTRAINTS ALL IMMEDIATE');
    await client.query('RELEASE SAVEPOINT filling');
    kept.push(...drafts);
    return undefined;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT filling');
    if (drafts.length === 1) {
      refused.push(drafts[0] as Draft);
      return error.message;
    }
    const half = Math.ceil(drafts.length / 2);
    const first = await put(client, table, drafts.slice(0, half), kept, refused);
    return (await put(client, table, drafts.slice(half), kept, refused)) ?? first;
  }
}
