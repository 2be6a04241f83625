package penstock.bench;

/** Average, minimum, maximum and count of one asset-point's window. */
public record Aggregate(double sum, double min, double max, long count) {

  static Aggregate empty() {
    return new Aggregate(0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0);
  }

  Aggregate plus(double value) {
    return new Aggregate(sum + value, Math.min(min, value), Math.max(max, value), count + 1);
  }
}
