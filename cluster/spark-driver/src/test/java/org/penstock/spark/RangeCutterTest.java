package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RangeCutterTest {
  private static final long SECOND = 1_000_000_000L;
  private static final RateLimits NO_LIMITS = new RateLimits(0, 1);

  private static TopicPartition source(int partition) {
    return new TopicPartition("source", partition);
  }

  private static RangeCutter cutter(RateLimits limits, double batchSeconds, int partitions) {
    RangeCutter cutter = new RangeCutter(limits, batchSeconds);
    for (int each = 0; each < partitions; each++) cutter.add(source(each), new Place(0, each), true, 0);
    return cutter;
  }

  private static long sum(Map<TopicPartition, Long> untils, Map<TopicPartition, Long> positions) {
    return untils.entrySet().stream().mapToLong(each -> each.getValue() - positions.get(each.getKey())).sum();
  }

  /** Records per second over a minute, with batches that come a little early or late and topics with gaps. */
  private static double ratePerSecond(long rate, double batchSeconds, double density, Random random) {
    RangeCutter cutter = cutter(NO_LIMITS, batchSeconds, 4);
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (int each = 0; each < 4; each++) ends.put(source(each), (long) (rate * 1000 / density) * (each * each + 1));
    long records = 0;
    long batches = Math.round(60 / batchSeconds);
    for (long batch = 1; batch <= batches; batch++) {
      Map<TopicPartition, Long> before = cutter.positions();
      long jitter = batch == batches ? 0 : (long) ((random.nextDouble() - 0.5) * 0.4 * batchSeconds * SECOND);
      long now = (long) (batch * batchSeconds * SECOND) + jitter;
      long offsets = sum(cutter.cut(batch, ends, rate, 0, now), before);
      // Gaps are not spread evenly.
      long read = Math.round(offsets * Math.min(1, density * (0.7 + random.nextDouble() * 0.6)));
      cutter.settle(batch, read);
      records += read;
    }
    return records / 60.0;
  }

  @Test
  void holdsTheRateOverAMinute() {
    Random random = new Random(7);
    for (double batchSeconds : new double[] {0.5, 1, 2, 5}) {
      for (double density : new double[] {1, 0.98, 0.5, 0.1}) {
        for (long rate : new long[] {10, 1000, 100_000}) {
          double held = ratePerSecond(rate, batchSeconds, density, random);
          // The first batches do not know how dense the topic is.
          double tolerance = rate * (batchSeconds > 2 && density < 0.9 ? 0.15 : 0.05) + 1;
          assertEquals(rate, held, tolerance, batchSeconds + " s, density " + density);
        }
      }
    }
  }

  /** A second source, of one partition. */
  private static final TopicPartition OTHER = new TopicPartition("other", 0);

  @Test
  void topicsShareOneRateEvenlyHoweverMuchWaitsInThem() {
    RangeCutter cutter = cutter(NO_LIMITS, 1, 3);
    cutter.add(OTHER, new Place(1, 0), true, 0);
    Map<TopicPartition, Long> ends = Map.of(source(0), 9_000_000L, source(1), 9_000_000L, source(2), 9_000_000L, OTHER, 5000L);
    Map<TopicPartition, Long> before = cutter.positions();
    Map<TopicPartition, Long> untils = cutter.cut(1, ends, 3000, 0, SECOND);
    assertEquals(3000, sum(untils, before));
    assertEquals(1500, untils.get(OTHER));
    assertEquals(500, untils.get(source(0)));
  }

  @Test
  void whatOneTopicCannotUseGoesToTheOthers() {
    RangeCutter cutter = cutter(NO_LIMITS, 1, 1);
    cutter.add(OTHER, new Place(1, 0), true, 0);
    Map<TopicPartition, Long> untils = cutter.cut(1, Map.of(source(0), 1_000_000L, OTHER, 10L), 1000, 0, SECOND);
    assertEquals(10, untils.get(OTHER));
    assertEquals(990, untils.get(source(0)));
    // At rest the other topic has all of it.
    assertEquals(1000, sum(cutter.cut(2, Map.of(source(0), 1_000_000L, OTHER, 10L), 1000, 0, 2 * SECOND), untils));
  }

  @Test
  void noTopicIsForgottenWhereTheRateIsLessThanOneForEach() {
    RangeCutter cutter = cutter(NO_LIMITS, 1, 1);
    cutter.add(OTHER, new Place(1, 0), true, 0);
    Map<TopicPartition, Long> ends = Map.of(source(0), 1_000_000L, OTHER, 1_000_000L);
    for (int batch = 1; batch <= 10; batch++) cutter.cut(batch, ends, 1, 0, batch * SECOND);
    assertEquals(Map.of(source(0), 5L, OTHER, 5L), cutter.positions());
  }

  @Test
  void afterAStopNoSourceIsReadAndCutsAre() {
    RangeCutter cutter = cutter(NO_LIMITS, 1, 1);
    TopicPartition cut = new TopicPartition("repartition", 0);
    cutter.add(OTHER, new Place(1, 0), true, 0);
    cutter.add(cut, new Place(2, 0), false, 0);
    cutter.stopSource();
    Map<TopicPartition, Long> untils = cutter.cut(1, Map.of(source(0), 100L, OTHER, 100L, cut, 100L), 1000, 0, SECOND);
    assertEquals(Map.of(source(0), 0L, OTHER, 0L, cut, 100L), untils);
  }

  @Test
  void followsAChangedRateWithTheNextBatch() {
    RangeCutter cutter = cutter(NO_LIMITS, 1, 2);
    Map<TopicPartition, Long> ends = Map.of(source(0), 1_000_000L, source(1), 1_000_000L);
    assertEquals(100, sum(cutter.cut(1, ends, 100, 0, SECOND), Map.of(source(0), 0L, source(1), 0L)));
    Map<TopicPartition, Long> before = cutter.positions();
    assertEquals(5000, sum(cutter.cut(2, ends, 5000, 0, 2 * SECOND), before));
  }

  @Test
  void aPauseIsNotFollowedByAFlood() {
    RangeCutter cutter = cutter(NO_LIMITS, 1, 1);
    Map<TopicPartition, Long> ends = Map.of(source(0), 1_000_000L);
    assertEquals(1000, cutter.cut(1, ends, 1000, 0, SECOND).get(source(0)));
    assertEquals(1000 + 2000, cutter.cut(2, ends, 1000, 0, 3600 * SECOND).get(source(0)));
  }

  @Test
  void keepsSparksLimitsAndBackPressure() {
    Map<TopicPartition, Long> ends = Map.of(source(0), 1_000_000L, source(1), 10L);
    assertEquals(
        Map.of(source(0), 300L, source(1), 10L),
        cutter(new RateLimits(300, 1), 1, 2).cut(1, ends, 1000, 0, SECOND));
    RangeCutter pressed = cutter(NO_LIMITS, 1, 2);
    assertEquals(200, sum(pressed.cut(1, ends, 1000, 200, SECOND), Map.of(source(0), 0L, source(1), 0L)));
  }

  @Test
  void repartitionTopicsAreNotLimitedByTheRateAndTakeTheirShareOfBackPressure() {
    RangeCutter cutter = cutter(NO_LIMITS, 1, 1);
    TopicPartition repartition = new TopicPartition("repartition", 0);
    cutter.add(repartition, new Place(1, 0), false, 0);
    Map<TopicPartition, Long> ends = Map.of(source(0), 1_000_000L, repartition, 80_000L);
    Map<TopicPartition, Long> first = cutter.cut(1, ends, 100, 0, SECOND);
    assertEquals(50_000, first.get(repartition));
    assertEquals(100, first.get(source(0)));
    cutter.settle(1, 100);
    Map<TopicPartition, Long> second = cutter.cut(2, ends, 1_000_000, 50_100, 2 * SECOND);
    assertEquals(80_000, second.get(repartition));
    assertEquals(200, second.get(source(0)), 1);
  }

  @Test
  void passesDeletedRecordsWithoutCountingThem() {
    RangeCutter cutter = cutter(NO_LIMITS, 1, 1);
    cutter.beginnings(Map.of(source(0), 5_000_000L));
    assertEquals(5_001_000, cutter.cut(1, Map.of(source(0), 9_000_000L), 1000, 0, SECOND).get(source(0)));
  }

  @Test
  void anEmptyTopicKeepsItsPositionAndANewPartitionJoins() {
    RangeCutter cutter = cutter(NO_LIMITS, 1, 1);
    assertEquals(Map.of(source(0), 0L), cutter.cut(1, Map.of(source(0), 0L), 1000, 0, SECOND));
    cutter.add(source(1), new Place(0, 1), true, 3);
    Map<TopicPartition, Long> joined = cutter.cut(2, Map.of(source(0), 0L, source(1), 7L), 1000, 0, 2 * SECOND);
    assertEquals(7L, joined.get(source(1)));
    assertTrue(cutter.partitions().contains(source(1)));
  }

  @Test
  void aPositionThatIsNotKnownIsNoPosition() {
    RangeCutter cutter = cutter(NO_LIMITS, 1, 1);
    assertThrows(IllegalArgumentException.class, () -> cutter.add(source(1), new Place(0, 1), true, -1));
  }

  @Test
  void aStoppedSourceIsReadNoMoreAndRepartitionTopicsToTheirEnd() {
    RangeCutter cutter = cutter(NO_LIMITS, 1, 1);
    TopicPartition repartition = new TopicPartition("repartition", 0);
    cutter.add(repartition, new Place(1, 0), false, 0);
    cutter.stopSource();
    Map<TopicPartition, Long> cut = cutter.cut(1, Map.of(source(0), 100L, repartition, 70L), 1000, 0, SECOND);
    assertEquals(Map.of(source(0), 0L, repartition, 70L), cut);
  }
}
