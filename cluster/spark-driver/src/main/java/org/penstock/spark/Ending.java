package org.penstock.spark;

/** How a run comes to its end. */
sealed interface Ending {
  /**
   * Ordered by the service, or nothing left to read: what is under way is finished and committed first.
   *
   * @param isPause what the pipeline keeps is kept: what waits behind its cuts is worked off, too
   */
  record Drained(boolean isPause) implements Ending {}

  /** The service knows this driver no more: nothing further is committed. */
  record Dismissed() implements Ending {}

  record Failed(RunFailure failure) implements Ending {}
}
