package org.penstock.spark;

import java.util.List;
import java.util.function.Supplier;

/**
 * What comes before the first batch: executors, a look at the topics, tasks taken over. Whatever can pass is tried
 * again for as long as the service lets it; null results mean that the run has ended meanwhile.
 */
final class Startup {
  private static final long EXECUTOR_POLL_MS = 200;
  private static final long FIRST_BACKOFF_MS = 1000;
  private static final long LONGEST_BACKOFF_MS = 10_000;

  private final RunState run;
  private final Workers workers;

  Startup(RunState run, Workers workers) {
    this.run = run;
    this.workers = workers;
  }

  /** False when the run has ended before all executors were there. */
  boolean awaitExecutors() throws InterruptedException {
    int wanted = run.spec.cluster().executors();
    int told = -1;
    while (true) {
      int there = run.executors.live().size();
      if (there != told) run.events.info("EXECUTORS_STARTING", there + " of " + wanted + " executors are there.");
      told = there;
      if (there >= wanted) return true;
      if (run.awaitEnding(EXECUTOR_POLL_MS) != null) return false;
    }
  }

  Protocol.PrepareAnswer prepare() throws InterruptedException {
    return untilItWorks("The topics cannot be looked at", () -> workers.prepare(false));
  }

  /** Takes over all tasks. False when the run has ended before. */
  boolean open(Inputs inputs, RangeCutter cutter) throws InterruptedException {
    List<Place> places = inputs.places();
    return untilItWorks("The tasks cannot be taken over", () -> {
      BatchRunner.open(places, inputs, run, workers, cutter);
      return true;
    }) != null;
  }

  private <T> T untilItWorks(String what, Supplier<T> work) throws InterruptedException {
    long backoffMs = FIRST_BACKOFF_MS;
    while (run.isWorking()) {
      try {
        T done = work.get();
        run.standing.worked();
        return done;
      } catch (RuntimeException error) {
        if (!run.isWorking()) return null; // the job was cancelled
        RunFailure failure = RunFailure.of(error);
        if (!failure.retryable()) {
          run.fail(failure);
          return null;
        }
        run.standing.failed(failure, System.currentTimeMillis());
        run.events.warning(
            failure.code(), what + " and this is tried again in " + backoffMs + " ms: " + failure.message());
        if (run.awaitEnding(backoffMs) != null) return null;
        backoffMs = Math.min(LONGEST_BACKOFF_MS, backoffMs * 2);
      }
    }
    return null;
  }
}
