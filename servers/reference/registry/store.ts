import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import pg from 'pg';
import { ProblemError } from '../errors/problem.ts';
import { asModel, etagMatches, etagOf, type ModelRow, writable } from './rows.ts';
import type { ListQuery, ModelBody, ModelList, ModelPatch, RegisteredModel } from './schemas.ts';
import { compareVersions } from './versions.ts';

const table = 'registered_models';
const uniqueViolation = '23505';

export const unknownId = (id: string) => new ProblemError('not_found', `There is no model with the id ${id}.`);

/** @returns undefined where there is none */
export async function findById(knex: Knex, id: string): Promise<RegisteredModel | undefined> {
  const row = await knex<ModelRow>(table).where({ id }).first();
  return row && asModel(row as ModelRow);
}

/**
 * One version of a model. `latest` is the highest that is not disabled, or the highest if all are disabled.
 *
 * @returns undefined if there is none
 */
export async function findVersion(knex: Knex, name: string, version: string): Promise<RegisteredModel | undefined> {
  const rows: ModelRow[] = await knex<ModelRow>(table)
    .where({ name })
    .modify((query) => version !== 'latest' && void query.where({ version }));
  const enabled = rows.filter(({ status }) => status !== 'disabled');
  const [latest] = (enabled.length > 0 ? enabled : rows).sort((a, b) => compareVersions(b.version, a.version));
  return latest && asModel(latest);
}

/** A page in the order of creation, and the number of models on all pages. */
export async function list(knex: Knex, { name, tag, status, limit, offset }: ListQuery): Promise<ModelList> {
  const matching = knex<ModelRow>(table).modify((query) => {
    if (name !== undefined) query.where({ name });
    if (status !== undefined) query.where({ status });
    if (tag !== undefined) query.whereRaw('tags @> ARRAY[?]::text[]', [tag]);
  });
  const [items, [counted]] = await Promise.all([
    matching.clone().orderBy(['created_at', 'id']).limit(limit).offset(offset),
    matching.clone().count('* as total'),
  ]);
  return { items: (items as ModelRow[]).map(asModel), total: Number(counted?.['total']), limit, offset };
}

/** @throws ProblemError 409 `duplicate_version` */
export async function insert(trx: Knex, body: ModelBody): Promise<RegisteredModel> {
  const [row] = await refuseDuplicate(body, () =>
    trx<ModelRow>(table)
      .insert({ id: randomUUID(), ...asColumns(body) })
      .returning('*'),
  );
  return asModel(row as ModelRow);
}

/**
 * Changes a model if it still has a state that the caller knows.
 *
 * @param ifMatch the states that the caller accepts; undefined accepts any
 * @throws ProblemError 404, 409 `duplicate_version`, 412
 */
export async function update(
  trx: Knex,
  id: string,
  ifMatch: string | undefined,
  patch: ModelPatch,
): Promise<RegisteredModel> {
  const body = { ...writable(await lock(trx, id, ifMatch)), ...patch } as ModelBody;
  const [row] = await refuseDuplicate(body, () =>
    trx<ModelRow>(table)
      .where({ id })
      .update({
        ...asColumns(body),
        revision: trx.raw('revision + 1') as unknown as number,
        updated_at: trx.raw('clock_timestamp()') as unknown as Date,
      })
      .returning('*'),
  );
  return asModel(row as ModelRow);
}

/** @throws ProblemError 404, 412 */
export async function remove(trx: Knex, id: string, ifMatch: string | undefined): Promise<RegisteredModel> {
  const row = await lock(trx, id, ifMatch);
  await trx(table).where({ id }).delete();
  return asModel(row);
}

async function lock(trx: Knex, id: string, ifMatch: string | undefined): Promise<ModelRow> {
  const row = (await trx<ModelRow>(table).where({ id }).forUpdate().first()) as ModelRow | undefined;
  if (!row) throw unknownId(id);
  if (ifMatch !== undefined && !etagMatches(ifMatch, etagOf(row)))
    throw new ProblemError('precondition_failed', `The model is at ${etagOf(row)}, not at ${ifMatch}: read it again.`);
  return row;
}

/** Serialised here, because Knex's types do not accept lists and objects. */
const asColumns = (body: ModelBody) => ({ ...body, parameters: JSON.stringify(body.parameters) as never });

async function refuseDuplicate<T>({ name, version }: ModelBody, write: () => PromiseLike<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== uniqueViolation) throw error;
    throw new ProblemError('duplicate_version', `${name} already has a version ${version}.`, {
      extra: { errors: [{ field: 'version', message: 'exists already' }] },
      cause: error,
    });
  }
}
