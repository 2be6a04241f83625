package org.penstock.spark;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Splits a budget of offsets over partitions, be they of one topic or of several, in proportion to their lags. What one partition cannot use
 * goes to the others; fractions are carried on to the next batch, so that no partition is forgotten.
 */
final class RangeAllotment {
  private double[] carried = new double[0];

  /**
   * Offsets per partition: their sum is `budget`, or all there is to have if that is less.
   *
   * @param lags what each partition has to give
   * @param floor what each should get at least, as far as the budget reaches and it has so much
   * @param ceiling what each may get at most
   */
  long[] split(long budget, long[] lags, long floor, long ceiling) {
    long[] most = Arrays.stream(lags).map(lag -> Math.max(0, Math.min(lag, ceiling))).toArray();
    if (Arrays.stream(most).sum() <= budget) return most;
    long[] least = Arrays.stream(most).map(can -> Math.min(can, floor)).toArray();
    double[] exact =
        Arrays.stream(least).sum() >= budget
            ? proportional(budget, new long[lags.length], least, least)
            : proportional(budget, least, most, lags);
    return rounded(budget, exact, most);
  }

  /** `clamp(factor * weight, least, most)` with the factor that makes the sum equal to the budget. */
  private static double[] proportional(long budget, long[] least, long[] most, long[] weights) {
    double low = 0;
    double high = 1;
    // All weights are at least as large as what their partition may get, so that 1 is enough.
    for (int round = 0; round < 60; round++) {
      double middle = (low + high) / 2;
      if (Arrays.stream(clamped(middle, least, most, weights)).sum() > budget) high = middle;
      else low = middle;
    }
    return clamped(low, least, most, weights);
  }

  private static double[] clamped(double factor, long[] least, long[] most, long[] weights) {
    return IntStream.range(0, weights.length)
        .mapToDouble(index -> Math.max(least[index], Math.min(most[index], factor * weights[index])))
        .toArray();
  }

  /** Largest remainders first, where remainders of earlier splits count. */
  private long[] rounded(long budget, double[] exact, long[] most) {
    carried = Arrays.copyOf(carried, exact.length);
    long[] given = Arrays.stream(exact).mapToLong(share -> (long) Math.floor(share)).toArray();
    double[] claims = IntStream.range(0, exact.length).mapToDouble(i -> exact[i] - given[i] + carried[i]).toArray();
    long left = budget - Arrays.stream(given).sum();
    int[] byClaim =
        IntStream.range(0, exact.length)
            .filter(index -> exact[index] > 0)
            .boxed()
            .sorted((a, b) -> Double.compare(claims[b], claims[a]))
            .mapToInt(Integer::intValue)
            .toArray();
    // More than one round only where floating point has lost something.
    while (left > 0) {
      long before = left;
      for (int index : byClaim) {
        if (left == 0 || given[index] >= most[index]) continue;
        given[index]++;
        left--;
      }
      if (left == before) break;
    }
    for (int index = 0; index < exact.length; index++) {
      carried[index] = Math.max(-1, Math.min(1, carried[index] + exact[index] - given[index]));
    }
    return given;
  }
}
