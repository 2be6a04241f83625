package org.penstock.spark;

import java.util.Set;

/**
 * What is told of a run that does not get on by itself: how far its start has come, and what it waits for. A start that
 * gets on may take as long as it likes, and so may waiting for Kafka; only the service decides what is too long.
 */
final class Standing {
  /** As in the model: failures that say no more than that Kafka, a destination, or reference data is away for now. */
  static final Set<String> WAITED_FOR = Set.of(
      "KAFKA_UNREACHABLE", "KAFKA_TIMEOUT", "TARGET_UNREACHABLE", "REFERENCE_UNREACHABLE");

  private long progress;
  private Waiting waiting;

  /** `since` in Unix ms. */
  record Waiting(String code, String message, long since) {}

  /** What the workers say they have done so far to get ready, all of them together. */
  synchronized void progress(long done) {
    progress = done;
  }

  synchronized long progress() {
    return progress;
  }

  /** Null while nothing is waited for. */
  synchronized Waiting waiting() {
    return waiting;
  }

  /** Other failures than Kafka's being away end the waiting: something has answered. */
  synchronized void failed(RunFailure failure, long nowMs) {
    waiting =
        WAITED_FOR.contains(failure.code())
            ? new Waiting(failure.code(), failure.message(), waiting == null ? nowMs : waiting.since())
            : null;
  }

  synchronized void worked() {
    waiting = null;
  }
}
