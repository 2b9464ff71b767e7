import { authMigrations } from '../auth/migrations.ts';
import { batchMigrations } from '../batches/migrations.ts';
import { cacheMigrations } from '../cache/migrations.ts';
import { documentMigrations } from '../documents/migrations.ts';
import { inferenceMigrations } from '../inference/migrations.ts';
import { jobMigrations } from '../jobs/migrations.ts';
import { registryMigrations } from '../registry/migrations.ts';
import type { Migration } from './migrations.ts';

/** All migrations of the service's own database. Each capability has its own tables. */
export const platformMigrations: readonly Migration[] = [
  ...authMigrations,
  ...jobMigrations,
  ...cacheMigrations,
  ...documentMigrations,
  ...inferenceMigrations,
  ...registryMigrations,
  ...batchMigrations,
];
