package org.penstock.spark;

/**
 * Records per offset of a topic, from what the last batches brought. Transaction markers take offsets, and compaction
 * leaves gaps: a range of 1000 offsets may hold any number of records up to 1000.
 */
final class RecordDensity {
  private static final double LOWEST = 0.01;
  /** Weight of a batch against the one after it: five batches back counts a third. */
  private static final double FADING = 0.8;

  private double offsets;
  private double records;

  void observe(long batchOffsets, long batchRecords) {
    offsets = offsets * FADING + batchOffsets;
    records = records * FADING + batchRecords;
  }

  /** Above 0, at most 1. */
  double value() {
    return offsets < 1 ? 1 : Math.max(LOWEST, Math.min(1, records / offsets));
  }
}
