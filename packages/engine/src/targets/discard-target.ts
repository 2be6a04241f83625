import type { Target, TargetPort } from '../operator/index.ts';

/** Ends records on purpose; counted as dropped under `reason`. */
export const discardTarget = (reason: string): TargetPort => ({
  promise: 'exactly-once',
  topics: [],
  isEnd: true,
  open: (): Target => ({ write: (record, out) => out.drop(record, reason) }),
});
