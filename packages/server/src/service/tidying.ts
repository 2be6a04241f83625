import { messageOf } from '@penstock/model';
import type { Foundation } from './foundation.ts';
import { tidyUp } from './tidy-up.ts';

const TIDY_EVERY_MS = 3600_000;

/** Removes what is too old, now and every hour, until the answer is called. */
export const keepTidy = ({ store, settings, clock, logger }: Foundation): (() => void) => {
  const tidy = (): void => {
    tidyUp(store.db, settings.dataDir, clock.now()).catch((error: unknown) =>
      logger.warn({ reason: messageOf(error) }, 'old data could not be removed'),
    );
  };
  const timer = setInterval(tidy, TIDY_EVERY_MS);
  tidy();
  return () => clearInterval(timer);
};
