package org.penstock.spark;

/**
 * Lets batches through one after the other, at most two cut and not done, none after it was closed; and keeps their
 * figures.
 */
final class BatchGate {
  private static final int MOST_WAITING = 2;

  private final long intervalMs;
  private boolean isClosed;
  private boolean isRunning;
  private int waiting;
  private long completed;
  private long schedulingDelayMs;
  private long processingMs;
  private long begunAtMs;

  BatchGate(long intervalMs) {
    this.intervalMs = intervalMs;
  }

  /** Whether there is room for another batch. */
  synchronized boolean hasRoom() {
    return !isClosed && waiting < MOST_WAITING;
  }

  synchronized void cut() {
    waiting++;
  }

  /** False when the batch may not run any more: it is as if it had never been cut. */
  synchronized boolean begin(long cutAtMs) {
    if (isClosed) {
      waiting--;
      return false;
    }
    isRunning = true;
    begunAtMs = System.currentTimeMillis();
    schedulingDelayMs = Math.max(0, begunAtMs - cutAtMs);
    return true;
  }

  synchronized void end(boolean isDone) {
    isRunning = false;
    waiting--;
    if (isDone) completed++;
    processingMs = System.currentTimeMillis() - begunAtMs;
    notifyAll();
  }

  /** From now on nothing is cut and nothing begins. */
  synchronized void close() {
    isClosed = true;
    notifyAll();
  }

  synchronized boolean isClosed() {
    return isClosed;
  }

  /** Waits for the batch that is running. False when it took too long. */
  synchronized boolean awaitIdle(long timeoutMs) throws InterruptedException {
    long until = System.nanoTime() + timeoutMs * 1_000_000;
    while (isRunning) {
      long leftMs = (until - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) return false;
      wait(leftMs);
    }
    return true;
  }

  synchronized Heartbeat.BatchReport report() {
    return new Heartbeat.BatchReport(intervalMs, completed, waiting, schedulingDelayMs, processingMs);
  }
}
