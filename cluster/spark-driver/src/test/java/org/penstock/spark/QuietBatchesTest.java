package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class QuietBatchesTest {
  private final QuietBatches quiet = new QuietBatches();

  @Test
  void threeInARowAreEnoughAndOnlyFromTheBeginningOn() throws Exception {
    for (int before = 0; before < 5; before++) quiet.done(true);
    quiet.begin();
    quiet.done(true);
    quiet.done(true);
    assertFalse(quiet.await(1));
    quiet.done(true);
    assertTrue(quiet.await(1));
  }

  @Test
  void oneWithSomethingToReadBeginsTheCountAnew() throws Exception {
    quiet.begin();
    for (boolean isQuiet : new boolean[] {true, true, false, true, true}) quiet.done(isQuiet);
    assertFalse(quiet.await(1));
  }

  @Test
  void nobodyWaitsForBatchesThatDoNotCome() throws Exception {
    quiet.begin();
    quiet.giveUp();
    assertFalse(quiet.await(60_000));
  }
}
