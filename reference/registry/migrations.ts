import type { Migration } from '../platform/migrations.ts';

export const registryMigrations: readonly Migration[] = [];
