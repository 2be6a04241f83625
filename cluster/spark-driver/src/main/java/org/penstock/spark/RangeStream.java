package org.penstock.spark;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.spark.streaming.StreamingContext;
import org.apache.spark.streaming.Time;
import org.apache.spark.streaming.kafka010.ConsumerStrategy;
import org.apache.spark.streaming.kafka010.DirectKafkaInputDStream;
import org.apache.spark.streaming.kafka010.LocationStrategies;
import org.apache.spark.streaming.kafka010.PerPartitionConfig;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.Map$;
import scala.collection.mutable.Builder;

/**
 * Spark's direct Kafka stream with a cut of its own: `RangeCutter` says how far each batch reads. Spark's part is the
 * batches' time and order, the ranges they carry and the back pressure. A batch that would hold nothing is left out,
 * except now and then; so is one that would have to wait behind others.
 */
@SuppressWarnings("unchecked") // of `compute`, as declared by the superclass of the superclass
final class RangeStream extends DirectKafkaInputDStream<byte[], byte[]> {
  private static final long LONGEST_SILENCE_NANOS = Duration.ofMillis(4900).toNanos();
  private static final long BEGINNINGS_NANOS = Duration.ofSeconds(15).toNanos();
  private static final long WRITTEN_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long OUTAGE_EVENT_NANOS = Duration.ofSeconds(60).toNanos();

  private final transient RunState run;
  private final transient RangeCutter cutter;
  private final transient BatchGate gate;
  private final transient TopicOffsets offsets;
  private final long initialRate;
  private final boolean isAlwaysDue;
  private transient Map<TopicPartition, Long> untils = Map.of();
  private long lastBatchNanos = System.nanoTime() - LONGEST_SILENCE_NANOS;
  private long beginningsNanos = System.nanoTime() - BEGINNINGS_NANOS;
  private long writtenNanos = System.nanoTime() - WRITTEN_NANOS;
  private long outageNanos = System.nanoTime() - OUTAGE_EVENT_NANOS;

  /** `isAlwaysDue`: a source without a topic has something to give at any time. */
  RangeStream(StreamingContext context, RunState run, RangeCutter cutter, BatchGate gate, TopicOffsets offsets,
      boolean isAlwaysDue) {
    super(context, LocationStrategies.PreferConsistent(), new NoConsumer(), new NoLimits());
    this.run = run;
    this.cutter = cutter;
    this.gate = gate;
    this.offsets = offsets;
    this.initialRate = context.conf().getLong("spark.streaming.backpressure.initialRate", 0);
    this.isAlwaysDue = isAlwaysDue;
  }

  /** Nothing to do: the positions are given, and `offsets` is connected. */
  @Override
  public void start() {}

  @Override
  public synchronized void stop() {
    offsets.close();
  }

  /**
   * The ranges of a batch (`Option<KafkaRDD>`, which Java's generics cannot say of a Scala method); none when there is
   * no batch this time. Runs on Spark's one thread that makes batches.
   */
  @Override
  @SuppressWarnings("rawtypes")
  public Option compute(Time time) {
    if (gate.isClosed()) return Option.empty();
    try {
      return hasCut(time) ? super.compute(time) : Option.empty();
    } catch (RetriableException outage) {
      tellOutage(outage);
    } catch (RuntimeException error) {
      // Ours to tell: what is thrown here would only end up in a log.
      if (run.isWorking()) run.fail(RunFailure.of(error));
    }
    return Option.empty();
  }

  private boolean hasCut(Time time) {
    Set<TopicPartition> partitions = cutter.partitions();
    long now = System.nanoTime();
    if (now - beginningsNanos >= BEGINNINGS_NANOS) {
      cutter.beginnings(offsets.beginnings(partitions));
      beginningsNanos = now;
    }
    Map<TopicPartition, Long> ends = offsets.ends(partitions);
    long nowMs = System.currentTimeMillis();
    run.standing.worked();
    ends.forEach((partition, end) -> run.tasks.end(cutter.placeOf(partition), end, nowMs));
    if (now - writtenNanos >= WRITTEN_NANOS) {
      offsets.written(partitions).forEach((partition, end) -> run.tasks.written(cutter.placeOf(partition), end, nowMs));
      writtenNanos = now;
    }
    if (!gate.hasRoom()) return false;
    Map<TopicPartition, Long> positions = cutter.positions();
    untils = cutter.cut(time.milliseconds(), ends, run.kafkaRate(), bound(), now);
    boolean isEmpty = untils.equals(positions);
    if (isEmpty && !isAlwaysDue && !cutter.isSourceStopped() && now - lastBatchNanos < LONGEST_SILENCE_NANOS) {
      cutter.settle(time.milliseconds(), -1);
      return false;
    }
    lastBatchNanos = now;
    currentOffsets_$eq(scala(positions));
    gate.cut();
    return true;
  }

  /** Offsets/s of all inputs together by Spark's back pressure; 0 where it is off, or knows nothing yet. */
  long backPressure() {
    return rateController().isDefined() ? Math.max(0, rateController().get().getLatestRate()) : 0;
  }

  private long bound() {
    long known = backPressure();
    return known > 0 || rateController().isEmpty() ? known : initialRate;
  }

  private void tellOutage(RetriableException outage) {
    RunFailure failure =
        RunFailure.passing(
            "KAFKA_UNREACHABLE", "Kafka does not tell how far the topics reach: " + outage.getMessage());
    run.standing.failed(failure, System.currentTimeMillis());
    long now = System.nanoTime();
    if (now - outageNanos < OUTAGE_EVENT_NANOS) return;
    outageNanos = now;
    run.events.warning(failure.code(), failure.message());
  }

  @Override
  public scala.collection.immutable.Map<TopicPartition, Object> latestOffsets() {
    return scala(untils);
  }

  @Override
  public scala.collection.immutable.Map<TopicPartition, Object> clamp(
      scala.collection.immutable.Map<TopicPartition, Object> cut) {
    return cut;
  }

  private static scala.collection.immutable.Map<TopicPartition, Object> scala(Map<TopicPartition, Long> given) {
    Builder<Tuple2<TopicPartition, Object>, scala.collection.immutable.Map<TopicPartition, Object>> builder =
        Map$.MODULE$.newBuilder();
    given.forEach((partition, offset) -> builder.$plus$eq(new Tuple2<>(partition, offset)));
    return builder.result();
  }

  /** Spark's stream would read records with a consumer of its own: ours are read by the workers. */
  private static final class NoConsumer extends ConsumerStrategy<byte[], byte[]> {
    /** Only to satisfy the checks of the RDD that carries the ranges. */
    @Override
    public Map<String, Object> executorKafkaParams() {
      return new HashMap<>(
          Map.of(
              ConsumerConfig.GROUP_ID_CONFIG, "none",
              ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none",
              ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false));
    }

    @Override
    public Consumer<byte[], byte[]> onStart(Map<TopicPartition, Long> currentOffsets) {
      throw new UnsupportedOperationException("Records do not pass through the driver");
    }
  }

  /** `RangeCutter` keeps the limits. */
  private static final class NoLimits extends PerPartitionConfig {
    @Override
    public long maxRatePerPartition(TopicPartition partition) {
      return 0;
    }
  }
}
