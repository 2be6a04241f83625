package org.penstock.spark;

/**
 * How many records the source may still give, so that the rate holds on average. Tokens come with time; what was not
 * used is kept for a second and one batch at most, so that a pause is not followed by a flood.
 */
final class TokenBudget {
  private final double batchSeconds;
  private double tokens;
  private double capacity;
  private long filledAtNanos;
  private boolean isBegun;

  TokenBudget(double batchSeconds) {
    this.batchSeconds = batchSeconds;
  }

  /** Tokens of the time since the last call, at `rate` records/s; at first those of one batch. */
  void refill(double rate, long nowNanos) {
    double seconds = isBegun ? Math.max(0, nowNanos - filledAtNanos) / 1e9 : batchSeconds;
    isBegun = true;
    filledAtNanos = nowNanos;
    capacity = rate * (1 + batchSeconds);
    tokens = Math.max(-capacity, Math.min(capacity, tokens + rate * seconds));
  }

  /** Records that may be read now. */
  double available() {
    return Math.max(0, tokens);
  }

  /** Records that are about to be read; negative to give back what was not there after all. */
  void take(double records) {
    tokens -= records;
  }
}
