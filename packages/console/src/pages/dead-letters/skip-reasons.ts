const REASONS = ['already-replayed', 'not-found', 'no-source', 'source-gone', 'original-gone', 'too-large'] as const;

/** Why a record was not replayed, where there is a text for it; undefined for a reason that is newer than this page. */
export const knownReason = (reason: string): (typeof REASONS)[number] | undefined =>
  REASONS.find((one) => one === reason);
