import type { Migration } from '../platform/migrations.ts';

export const authMigrations: readonly Migration[] = [];
