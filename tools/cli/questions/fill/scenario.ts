import type { Table } from '../catalog.ts';
import type { Link } from './atoms.ts';
import type { Value } from './columns.ts';

/** A value that is only known once the others of its column are: beyond all of them, or one that none of them has. */
export type Later =
  | { readonly beyond: 'above' | 'below'; readonly nth: number /** As the one before it. */; readonly tied: boolean }
  | { readonly fresh: number };

/** One row that a query shall come upon. */
export interface Wanted {
  readonly alias: string;
  readonly table: Table;
  readonly set: Readonly<Record<string, Value | Later>>;
}

/** Rows that belong together, for one thing that a query must get right. */
export interface Scenario {
  readonly rows: readonly Wanted[];
  readonly links: readonly Link[];
  /** Each row comes twice, but for its keys. */
  readonly twice: boolean;
}

/** A value that a row must have besides. */
export type More = [alias: string, column: string, value: Value | Later];
