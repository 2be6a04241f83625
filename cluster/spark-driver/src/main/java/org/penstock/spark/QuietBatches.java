package org.penstock.spark;

/**
 * Tells when the batches have nothing left to read. At most two are cut and not done: the third empty one in a row was
 * cut after the first of them was done, so that it has seen everything that was ever written.
 */
final class QuietBatches {
  private static final int ENOUGH = 3;

  private boolean isBegun;
  private boolean isGivenUp;
  private int inARow;

  /** Counts from here. */
  synchronized void begin() {
    isBegun = true;
    inARow = 0;
  }

  /** After each batch. `isQuiet`: there was nothing to read, and nothing is left. */
  synchronized void done(boolean isQuiet) {
    if (!isBegun) return;
    inARow = isQuiet ? inARow + 1 : 0;
    notifyAll();
  }

  /** There will be no further batches. */
  synchronized void giveUp() {
    isGivenUp = true;
    notifyAll();
  }

  /** Waits for enough of them. False when they did not come in time. */
  synchronized boolean await(long timeoutMs) throws InterruptedException {
    long until = System.nanoTime() + timeoutMs * 1_000_000;
    while (inARow < ENOUGH && !isGivenUp) {
      long leftMs = (until - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) return false;
      wait(leftMs);
    }
    return inARow >= ENOUGH;
  }
}
