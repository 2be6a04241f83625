package penstock.bench;

import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.Stores;

/** The three programs. */
final class Workloads {
  private static final Set<String> SELECTED = Set.of("power", "wind");
  private static final double LOWEST = 500;
  private static final double HIGHEST = 1500;

  private Workloads() {}

  static void build(StreamsBuilder builder, String workload, String input, String output) {
    JsonSerde<Measurement> measurements = new JsonSerde<>(Measurement.class);
    KStream<String, Measurement> source = builder.stream(input, Consumed.with(Serdes.String(), measurements));
    switch (workload) {
      case "select" -> source
          .filter((key, record) -> SELECTED.contains(record.pointId()) && record.value() != null)
          .mapValues(record -> record.judged(LOWEST, HIGHEST))
          .to(output, Produced.with(Serdes.String(), measurements));
      case "map" -> source
          .filter((key, record) -> record.value() != null)
          .mapValues(record -> record.judged(LOWEST, HIGHEST))
          .to(output, Produced.with(Serdes.String(), measurements));
      case "window" -> window(source, output);
      default -> throw new IllegalArgumentException("unknown workload " + workload);
    }
  }

  /**
   * The topic's key already is asset+point and its partitions are co-located by asset, so there is no repartition
   * topic: with one, all partitions would share a stream time and good records would be dropped as late. Updates are
   * cached and written at each commit, which is cheaper here than holding them back until a window closes.
   */
  private static void window(KStream<String, Measurement> source, String output) {
    source
        .filter((key, record) -> record.value() != null)
        .groupByKey(Grouped.with(Serdes.String(), new JsonSerde<>(Measurement.class)))
        .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMinutes(1)))
        .aggregate(
            Aggregate::empty,
            (key, record, aggregate) -> aggregate.plus(record.value()),
            Materialized.<String, Aggregate>as(
                    Stores.inMemoryWindowStore("windows", Duration.ofMinutes(2), Duration.ofMinutes(1), false))
                .withKeySerde(Serdes.String())
                .withValueSerde(new JsonSerde<>(Aggregate.class))
                .withCachingEnabled())
        .toStream()
        .map((window, a) -> KeyValue.pair(
            window.key(),
            new WindowResult(
                window.key(), window.window().start(), a.sum() / a.count(), a.min(), a.max(), a.count())))
        .to(output, Produced.with(Serdes.String(), new JsonSerde<>(WindowResult.class)));
  }
}
