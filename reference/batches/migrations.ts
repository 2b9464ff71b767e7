import type { Migration } from '../platform/migrations.ts';

export const batchMigrations: readonly Migration[] = [];
