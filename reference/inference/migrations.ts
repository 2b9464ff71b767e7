import type { Migration } from '../platform/migrations.ts';

export const inferenceMigrations: readonly Migration[] = [];
