package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangeAllotmentTest {
  private static final long NO_CEILING = Long.MAX_VALUE;

  @Test
  void neverGivesMoreThanThereIsAndSpendsTheBudgetWhole() {
    Random random = new Random(4711);
    for (int round = 0; round < 5000; round++) {
      RangeAllotment allotment = new RangeAllotment();
      int partitions = 1 + random.nextInt(12);
      long[] lags = random.longs(partitions, 0, 1L << (1 + random.nextInt(40))).toArray();
      for (int at = 0; at < partitions; at++) if (random.nextInt(4) == 0) lags[at] = 0;
      long budget = random.nextLong(1L << (1 + random.nextInt(30)));
      long ceiling = random.nextBoolean() ? NO_CEILING : 1 + random.nextLong(1L << (1 + random.nextInt(30)));
      long floor = Math.min(ceiling, random.nextLong(1000));
      for (int batch = 0; batch < 3; batch++) {
        long[] shares = allotment.split(budget, lags, floor, ceiling);
        long reachable = 0;
        for (int at = 0; at < partitions; at++) {
          assertTrue(shares[at] >= 0 && shares[at] <= Math.min(lags[at], ceiling), "round " + round);
          reachable += Math.min(lags[at], ceiling);
        }
        assertEquals(Math.min(budget, reachable), Arrays.stream(shares).sum(), "round " + round);
      }
    }
  }

  private static long[] split(long budget, long[] lags, long floor, long ceiling) {
    return new RangeAllotment().split(budget, lags, floor, ceiling);
  }

  @Test
  void splitsByLag() {
    assertArrayEquals(new long[] {250, 750, 0}, split(1000, new long[] {1000, 3000, 0}, 0, NO_CEILING));
  }

  @Test
  void whatOnePartitionMayNotTakeGoesToTheOthers() {
    assertArrayEquals(new long[] {690, 4, 306}, split(1000, new long[] {9000, 10, 690}, 0, 690));
    assertArrayEquals(new long[] {400, 400, 200}, split(1000, new long[] {9000, 8000, 200}, 200, 400));
  }

  @Test
  void givesTheFloorAsFarAsTheBudgetReaches() {
    assertArrayEquals(new long[] {900, 100}, split(1000, new long[] {1_000_000, 500}, 100, NO_CEILING));
    assertArrayEquals(new long[] {5, 5}, split(10, new long[] {1_000_000, 500}, 100, NO_CEILING));
  }

  @Test
  void remembersFractionsSoThatSmallPartitionsHaveTheirTurn() {
    RangeAllotment allotment = new RangeAllotment();
    long given = 0;
    for (int batch = 0; batch < 100; batch++) given += allotment.split(10, new long[] {99_000, 1000}, 0, NO_CEILING)[1];
    assertEquals(10, given, 1);
  }
}
