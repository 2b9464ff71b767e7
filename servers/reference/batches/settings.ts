import { integer, milliseconds } from '../settings.ts';

export const batchSettings = {
  BATCH_MAX_ITEMS: integer(1, 100_000, 1_000),
  /** Items that this instance runs at once. */
  BATCH_CONCURRENCY: integer(1, 64, 4),
  /** How often an item is tried if its model is unavailable or its instance dies. */
  BATCH_MAX_ATTEMPTS: integer(1, 100, 3),
  /** An instance without a heartbeat for this long counts as dead, and its items are requeued. */
  BATCH_LEASE_MS: milliseconds(10_000),
};
