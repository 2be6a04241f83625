import type { LookUpPolicy } from '@penstock/engine';

const HOUR_MS = 3_600_000;
/** With pauses of 5 s between them: minutes, in which a service is restarted or replaced. */
const RETRIES = 60;

/** How the asset store is asked, whatever for. */
export const ASSET_POLICY: LookUpPolicy = {
  // Changes are told; this only bounds how long one that went unheard may count.
  ttlMs: HOUR_MS,
  missingTtlMs: HOUR_MS,
  maxEntries: 200_000,
  maxBytes: 64 * 1024 * 1024,
  // They go to the service in questions of 200.
  concurrency: 400,
  timeoutMs: 60_000,
  retries: RETRIES,
};
