import { messageOf } from '@penstock/model';
import { refuseNewerSchema } from '../store/migrations.ts';
import { applyRetention } from '../upkeep/apply-retention.ts';
import { DatabaseUpkeep } from '../upkeep/database-upkeep.ts';
import type { Foundation } from './foundation.ts';

const UPKEEP_EVERY_MS = 60_000;
const TIDY_EVERY_MS = 3600_000;

/** Removes what is too old, now and every hour, and looks after the database every minute, until the answer is called. */
export const scheduleUpkeep = ({ store, settings, clock, site, logger }: Foundation): (() => Promise<void>) => {
  const upkeep = new DatabaseUpkeep(store);
  let tidiedAt = 0;
  let round: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    const now = clock.now();
    if (now - tidiedAt >= TIDY_EVERY_MS) {
      const removed = await applyRetention(store.db, settings, now, tidiedAt);
      tidiedAt = now;
      if (removed.size > 0) logger.info({ removed: Object.fromEntries(removed) }, 'old data was removed');
    }
    await upkeep.round();
    await site.look();
    await refuseNewerSchema(store.db);
  };
  const start = (): void => {
    round ??= work()
      .catch((error: unknown) => logger.error({ reason: messageOf(error) }, 'the database could not be looked after'))
      .finally(() => {
        round = undefined;
      });
  };
  const timer = setInterval(start, UPKEEP_EVERY_MS);
  start();
  return async () => {
    clearInterval(timer);
    await round;
  };
};
