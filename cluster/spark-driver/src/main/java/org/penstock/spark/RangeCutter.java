package org.penstock.spark;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Decides how far each batch reads: the topics of all sources together by the pipeline's rate, Spark's limits and back
 * pressure; repartition topics as far as they go. Keeps where the last range of each partition ended.
 */
final class RangeCutter {
  /** Records/s from each partition of a repartition topic: more is left for the next batch. */
  private static final double REPARTITION_RATE = 50_000;

  private final RateLimits limits;
  private final double batchSeconds;
  private final TokenBudget budget;
  private final TopicShares topics = new TopicShares();
  private final Map<String, RangeAllotment> allotments = new HashMap<>();
  private final RecordDensity density = new RecordDensity();
  private final Map<TopicPartition, Input> inputs = new LinkedHashMap<>();
  private final Map<Long, Cut> underWay = new HashMap<>();
  private double sourceOffsets;
  private double allOffsets;
  private boolean isSourceStopped;

  private static final class Input {
    final Place place;
    final boolean isOfSource;
    long position;
    /** First offset that still exists. */
    long beginning;

    Input(Place place, boolean isOfSource, long position) {
      this.place = place;
      this.isOfSource = isOfSource;
      this.position = position;
    }

    /** What deletion has left a hole over is passed without counting. */
    long start() {
      return Math.max(position, beginning);
    }
  }

  /** What a batch takes of the sources: offsets that still exist, and the records they were thought to hold. */
  private record Cut(long sourceOffsets, double expectedRecords) {}

  RangeCutter(RateLimits limits, double batchSeconds) {
    this.limits = limits;
    this.batchSeconds = batchSeconds;
    this.budget = new TokenBudget(batchSeconds);
  }

  synchronized void add(TopicPartition input, Place place, boolean isOfSource, long position) {
    // What is not known is no position: from 0 everything there is would be read once more.
    if (position < 0) throw new IllegalArgumentException("The position of " + input + " is not known");
    inputs.putIfAbsent(input, new Input(place, isOfSource, position));
  }

  /** From now on only repartition topics are read. */
  synchronized void stopSource() {
    isSourceStopped = true;
  }

  synchronized boolean isSourceStopped() {
    return isSourceStopped;
  }

  synchronized Set<TopicPartition> partitions() {
    return Set.copyOf(inputs.keySet());
  }

  synchronized Place placeOf(TopicPartition input) {
    return inputs.get(input).place;
  }

  /** Where each partition's next range begins. */
  synchronized Map<TopicPartition, Long> positions() {
    Map<TopicPartition, Long> positions = new HashMap<>();
    inputs.forEach((partition, input) -> positions.put(partition, input.position));
    return positions;
  }

  synchronized void beginnings(Map<TopicPartition, Long> offsets) {
    offsets.forEach((partition, offset) -> inputs.get(partition).beginning = offset);
  }

  /**
   * Cuts the ranges of a batch: the end of each. From here on they count as read; `settle` puts right what was not.
   *
   * @param batch its time, by which `settle` finds it again
   * @param ends last stable offset of each partition
   * @param backPressure offsets/s of all inputs together, 0 where unknown or off
   */
  synchronized Map<TopicPartition, Long> cut(
      long batch, Map<TopicPartition, Long> ends, long kafkaRate, long backPressure, long nowNanos) {
    Map<String, List<Map.Entry<TopicPartition, Input>>> sources =
        inputs.entrySet().stream()
            .filter(entry -> entry.getValue().isOfSource)
            .collect(Collectors.groupingBy(entry -> entry.getKey().topic(), LinkedHashMap::new, Collectors.toList()));
    double perRecord = 1 / density.value();
    budget.refill(kafkaRate, nowNanos);
    double wanted = budget.available() * perRecord;
    if (backPressure > 0) wanted = Math.min(wanted, backPressure * batchSeconds * sourceShare());
    long ceiling =
        limits.maxPerPartition() == 0
            ? Long.MAX_VALUE
            : Math.max(1, (long) (limits.maxPerPartition() * batchSeconds * perRecord));
    if (isSourceStopped) wanted = 0;
    long floor = isSourceStopped ? 0 : (long) Math.ceil(limits.minPerPartition() * batchSeconds * perRecord);
    long[] most =
        sources.values().stream()
            .mapToLong(topic -> topic.stream().mapToLong(entry -> Math.min(ceiling, lag(entry, ends))).sum())
            .toArray();
    long[] budgets = topics.split((long) wanted, most);
    Map<TopicPartition, Long> untils = new HashMap<>();
    long total = 0;
    int next = 0;
    for (Map.Entry<String, List<Map.Entry<TopicPartition, Input>>> topic : sources.entrySet()) {
      List<Map.Entry<TopicPartition, Input>> partitions = topic.getValue();
      long[] lags = partitions.stream().mapToLong(entry -> lag(entry, ends)).toArray();
      RangeAllotment allotment = allotments.computeIfAbsent(topic.getKey(), name -> new RangeAllotment());
      long[] shares = allotment.split(budgets[next++], lags, floor, ceiling);
      for (int index = 0; index < shares.length; index++) {
        untils.put(partitions.get(index).getKey(), advance(partitions.get(index).getValue(), shares[index]));
        total += shares[index];
      }
    }
    underWay.put(batch, new Cut(total, total / perRecord));
    budget.take(total / perRecord);
    long others = 0;
    for (Map.Entry<TopicPartition, Input> entry : inputs.entrySet()) {
      if (entry.getValue().isOfSource) continue;
      long share = (long) Math.min(lag(entry, ends), REPARTITION_RATE * batchSeconds);
      untils.put(entry.getKey(), advance(entry.getValue(), share));
      others += share;
    }
    sourceOffsets = sourceOffsets * 0.9 + total;
    allOffsets = allOffsets * 0.9 + total + others;
    return untils;
  }

  /** Learns from a batch that is done. `records`: read from the sources, or -1 where nobody can say. */
  synchronized void settle(long batch, long records) {
    Cut cut = underWay.remove(batch);
    if (cut == null || records < 0 || cut.sourceOffsets == 0) return;
    density.observe(cut.sourceOffsets, records);
    budget.take(records - cut.expectedRecords);
  }

  /** Back pressure as records/s of the sources. */
  synchronized double inSourceRecords(long backPressure) {
    return backPressure * sourceShare() * density.value();
  }

  private double sourceShare() {
    return allOffsets < 1 || sourceOffsets < 1 ? 1 : sourceOffsets / allOffsets;
  }

  private static long lag(Map.Entry<TopicPartition, Input> input, Map<TopicPartition, Long> ends) {
    Long end = ends.get(input.getKey());
    return end == null ? 0 : Math.max(0, end - input.getValue().start());
  }

  private static long advance(Input input, long share) {
    if (share > 0) input.position = input.start() + share;
    return input.position;
  }
}
