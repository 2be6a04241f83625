/**
 * Time that the tasks of a thread have kept it to themselves by computing, one per thread. Whoever waits meanwhile waits
 * for its turn and not for what it asked for.
 */
export class ThreadTime {
  computedMs = 0;
  /** A clock that only goes forwards, in ms with a fraction. */
  readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }
}
