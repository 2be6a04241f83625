import type { GroupOffset } from '@penstock/kafka';

/** Where a task goes on, and what is to be told of how that was found. */
export interface StartPosition {
  readonly offset: number;
  readonly told?: { readonly code: 'POSITION_RESTORED' | 'POSITION_CONTRADICTED'; readonly message: string };
}

/** What a consumer group says of a partition; `unsettled`: that a transaction is open, long after all of ours have ended. */
export type GroupAnswer = GroupOffset | 'unsettled' | undefined;

/**
 * Where a task goes on. The offset of the group and the record kept with the state are committed in one transaction, so
 * they are the same, and where they are not:
 *
 * - an offset that somebody has set in the group holds; it is known by not being marked as committed with output
 * - where the group has none, or one that never settles, the record holds
 * - of two that must be the same and are not the later one holds: a coordinator that is still loading, or has loaded
 *   twice, answers with older offsets than were committed, and a position never moves backwards by itself
 *
 * Undefined: nobody knows. At least once, output and offset are not one commit, and the group's offset holds.
 */
export const startPosition = (
  place: string,
  known: { readonly group: GroupAnswer; readonly recorded: number | undefined; readonly isExactlyOnce: boolean },
): StartPosition | undefined => {
  const { group, recorded, isExactlyOnce } = known;
  if (group === undefined || group === 'unsettled') {
    if (recorded === undefined) return undefined;
    const reason =
      group === undefined
        ? `Kafka no longer has the consumer group's offset of ${place}`
        : `The consumer group's offset of ${place} does not settle (a transaction that is over is still pending there)`;
    const message = `${reason}; the record kept with the state says ${recorded}, and reading goes on there.`;
    return { offset: recorded, told: { code: 'POSITION_RESTORED', message } };
  }
  const { offset, isWithOutput } = group;
  if (recorded === undefined || recorded === offset || !isWithOutput || !isExactlyOnce) return { offset };
  const later = Math.max(offset, recorded);
  const message = `Kafka says that ${place} was read up to ${offset}, and the record of the same commit says ${recorded}. Reading goes on at ${later}: the group coordinator may have answered from an incomplete memory.`;
  return { offset: later, told: { code: 'POSITION_CONTRADICTED', message } };
};
