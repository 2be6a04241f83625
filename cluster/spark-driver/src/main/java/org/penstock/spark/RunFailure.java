package org.penstock.spark;

import java.io.Serializable;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

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
      if (at instanceof AuthenticationException) return refused("KAFKA_AUTHENTICATION_FAILED", at);
      if (at instanceof AuthorizationException) return refused("KAFKA_NOT_AUTHORIZED", at);
      root = at;
    }
    // Spark puts whole stack traces into its messages.
    String said = root.getMessage() == null ? "" : root.getMessage().lines().findFirst().orElse("");
    return passing("BATCH_FAILED", root.getClass().getSimpleName() + (said.isEmpty() ? "" : ": " + said));
  }

  /** By Kafka: somebody has to correct the settings, or the rights of the user. */
  private static RunFailure refused(String code, Throwable refusal) {
    return lasting(code, "Asking Kafka how far the topics reach: " + refusal.getMessage());
  }
}
