import type { Migration } from '../platform/migrations.ts';

export const documentMigrations: readonly Migration[] = [];
