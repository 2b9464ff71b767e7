import fs from 'node:fs';
import path from 'node:path';
import { CliError } from '../cli-error.ts';
import { copyLine, copySql } from './fill/load.ts';
import type { FilledTable } from './fill/table.ts';

const mark = '-- A second, differently filled instance of';

/** The rows as SQL that runs on a copy of the first instance. */
export function secondSql(database: string, tables: readonly FilledTable[]): string {
  return [
    `${mark} ${database}, which \`npx plumbline questions --fill\` made of the first.`,
    '-- It runs on a copy of the first. Its rows are made up; values of few kinds are those of the first.',
    ...(tables.length > 0 ? [`TRUNCATE ${tables.map(({ table }) => table.quoted).join(', ')};`] : []),
    ...tables.flatMap(({ table, rows }) =>
      rows.length > 0 ? ['', `${copySql(table)};`, `${rows.map(copyLine).join('')}\\.`] : [],
    ),
    '',
  ].join('\n');
}

/**
 * Writes it beside the description, over an earlier one.
 *
 * @returns the name of the file
 * @throws a CliError where another file has that name
 */
export function writeSecond(folder: string, database: string, tables: readonly FilledTable[]): string {
  const name = `${database}.second.sql`;
  const file = path.join(folder, name);
  if (fs.existsSync(file) && !fs.readFileSync(file, 'utf8').startsWith(mark))
    throw new CliError(`${file} was not made by plumbline, and stays: rename it, or move it away.`);
  try {
    fs.writeFileSync(file, secondSql(database, tables));
  } catch (error) {
    throw new CliError(
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code}): make its folder writable.`,
    );
  }
  return name;
}
