package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class StandingTest {
  private static final RunFailure AWAY = RunFailure.passing("KAFKA_UNREACHABLE", "first");

  @Test
  void waitsSinceTheFirstFailureInTheWordsOfTheLast() {
    Standing standing = new Standing();
    standing.failed(AWAY, 5);
    standing.failed(RunFailure.passing("KAFKA_TIMEOUT", "second"), 9);
    assertEquals(new Standing.Waiting("KAFKA_TIMEOUT", "second", 5), standing.waiting());
    standing.worked();
    assertNull(standing.waiting());
  }

  @Test
  void otherFailuresAreNoWaiting() {
    Standing standing = new Standing();
    standing.failed(AWAY, 5);
    standing.failed(RunFailure.passing("START_UNDER_WAY", "State is being restored."), 9);
    assertNull(standing.waiting());
  }
}
