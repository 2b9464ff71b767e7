import { integer, milliseconds } from '../settings.ts';

export const batchSettings = {
  BATCH_MAX_ITEMS: integer(1, 100_000, 1_000),
  /** Items that this instance runs at once. */
  BATCH_CONCURRENCY: integer(1, 64, 4),
  /** How often an item is tried whose model is away, or whose instance dies. */
  BATCH_MAX_ATTEMPTS: integer(1, 100, 3),
  /** An instance that was not heard of for so long is taken for dead, and its items go to others. */
  BATCH_LEASE_MS: milliseconds(10_000),
};
