package org.penstock.spark;

import java.io.Serializable;

/** Why something failed: `RunFailure` of the model. `retryable` false: trying again without a change cannot help. */
public record RunFailure(String code, String message, boolean retryable, String stage) implements Serializable {
  static RunFailure passing(String code, String message) {
    return new RunFailure(code, message, true, null);
  }

  static RunFailure lasting(String code, String message) {
    return new RunFailure(code, message, false, null);
  }

  /** What a Spark job or we ourselves threw, in the words of whoever knows it best. */
  static RunFailure of(Throwable thrown) {
    Throwable root = thrown;
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (at instanceof WorkerFailure known) return known.failure();
      root = at;
    }
    // Spark puts whole stack traces into its messages.
    String said = root.getMessage() == null ? "" : root.getMessage().lines().findFirst().orElse("");
    return passing("BATCH_FAILED", root.getClass().getSimpleName() + (said.isEmpty() ? "" : ": " + said));
  }
}
