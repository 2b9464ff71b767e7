import type { Migration } from '../platform/migrations.ts';

export const jobMigrations: readonly Migration[] = [];
