package org.penstock.spark;

import java.util.stream.IntStream;

/**
 * Splits a budget of offsets over the topics of a pipeline's sources: the same for each, however much waits in it. What
 * one of them cannot use goes to the others.
 */
final class TopicShares {
  /** Who is next to get what cannot be divided. */
  private int turn;

  /**
   * Offsets per topic: their sum is `budget`, or all there is to have if that is less.
   *
   * @param wanted what each topic has to give
   */
  long[] split(long budget, long[] wanted) {
    long[] given = new long[wanted.length];
    long left = budget;
    while (left > 0) {
      int[] open = IntStream.range(0, wanted.length).filter(topic -> given[topic] < wanted[topic]).toArray();
      if (open.length == 0) break;
      long each = left / open.length;
      if (each == 0) {
        for (int next = 0; next < left; next++) given[open[(turn + next) % open.length]]++;
        turn = (turn + (int) left) % wanted.length;
        break;
      }
      for (int topic : open) {
        long more = Math.min(each, wanted[topic] - given[topic]);
        given[topic] += more;
        left -= more;
      }
    }
    return given;
  }
}
