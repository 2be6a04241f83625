import type { Clock } from '@penstock/engine';
import { pause } from '../link/backoff.ts';
import type { PartitionFeed } from './partition-feed.ts';

/** Stands where the feed of a partition would for a task whose records a clock makes: nothing ever comes. */
export const silentFeed = (partition: number, clock: Clock): PartitionFeed => {
  const closing = new AbortController();
  return {
    topic: '',
    partition,
    endOffset: 0,
    // At no time is there anything that has not been read.
    get endKnownAt() {
      return clock.now();
    },
    highWatermark: 0,
    logStartOffset: 0,
    heldBack: 0,
    heldBackSince: -1,
    emptyAnswers: 0,
    next: async (timeoutMs, signal) => {
      const { signal: closed } = closing;
      await pause(timeoutMs, signal === undefined ? closed : AbortSignal.any([signal, closed]));
      return undefined;
    },
    close: () => closing.abort(),
  };
};
