package org.penstock.spark;

import org.apache.spark.SparkConf;

/**
 * Spark's own limits for a partition of the source, as the user may set them, in records/s. A maximum of 0 is none.
 */
record RateLimits(long maxPerPartition, long minPerPartition) {
  static RateLimits of(SparkConf conf) {
    return new RateLimits(
        conf.getLong("spark.streaming.kafka.maxRatePerPartition", 0),
        conf.getLong("spark.streaming.kafka.minRatePerPartition", 1));
  }
}
