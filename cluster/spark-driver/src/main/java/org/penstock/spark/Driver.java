package org.penstock.spark;

import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.streaming.Duration;
import org.apache.spark.streaming.StreamingContext;
import org.apache.spark.streaming.api.java.JavaInputDStream;
import org.apache.spark.streaming.kafka010.HasOffsetRanges;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.reflect.ClassTag$;

/**
 * The Spark program of Cluster Mode: runs one pipeline on a YARN cluster, from its first batch to an orderly end. It
 * returns when everything under way is committed, and throws when the run has failed, so that YARN counts the attempt.
 */
public final class Driver {
  private static final Logger LOG = LoggerFactory.getLogger(Driver.class);
  private static final long SHORTEST_INTERVAL_MS = 500;
  private static final long LONGEST_INTERVAL_MS = 60_000;
  private static final long DRAIN_MS = 25_000;
  /** For what waits behind the cuts of the plan when it is paused. */
  private static final long CUT_DRAIN_MS = 20_000;
  private static final long FAREWELL_MS = 15_000;
  private static final int EXIT_FAILED = 1;

  private final RunState run;

  private Driver(RunState run) {
    this.run = run;
  }

  /** `args`: the run specification's path, `./run.json` where absent. */
  public static void main(String[] args) throws Exception {
    try {
      drive(RunSpec.read(Path.of(args.length > 0 ? args[0] : "run.json")), new SparkConf());
    } catch (WorkerFailure failed) {
      if (!failed.failure().retryable()) throw failed;
      // Thrown on, it would have Spark report the end of the application from a certain attempt on, however long ago the
      // earlier ones were. A driver that just ends is YARN's to judge, by the failures of the last minutes.
      LOG.error("The attempt ends; YARN starts the next", failed);
      Runtime.getRuntime().halt(EXIT_FAILED);
    }
  }

  /** Errors: `WorkerFailure` with what the run failed of. */
  static void drive(RunSpec spec, SparkConf conf) throws Exception {
    RunState run = new RunState(spec);
    HeartbeatLoop heartbeats = new HeartbeatLoop(run, new ControlChannel(spec));
    heartbeats.start();
    try {
      new Driver(run).runToEnd(conf);
      boolean isDismissed = run.ending().join() instanceof Ending.Dismissed;
      if (!isDismissed && !heartbeats.farewell(FAREWELL_MS)) {
        LOG.warn("The service could not be told how the run ended");
      }
    } finally {
      heartbeats.stop();
    }
    if (run.ending().join() instanceof Ending.Failed failed) throw new WorkerFailure(failed.failure());
  }

  private void runToEnd(SparkConf conf) throws InterruptedException {
    SparkContext spark = null;
    StreamingContext streaming = null;
    BatchGate gate = null;
    BatchRunner batches = null;
    try {
      spark = new SparkContext(settled(conf));
      run.application(Application.ofContainer(System.getenv("CONTAINER_ID")).refined(spark));
      run.executors.attachTo(spark);
      spark.addSparkListener(new ContextEnd());
      SparkContext started = spark;
      run.ending().thenRun(() -> cancelStartup(started));
      Workers workers = new Workers(run, new WorkerCalls(spark, run.executors));
      Startup startup = new Startup(run, workers);
      Protocol.PrepareAnswer prepared = startup.awaitExecutors() ? startup.prepare() : null;
      if (prepared != null) {
        Inputs inputs = Inputs.of(prepared);
        long intervalMs = Math.max(SHORTEST_INTERVAL_MS, Math.min(LONGEST_INTERVAL_MS, prepared.batchIntervalMs()));
        RangeCutter cutter = new RangeCutter(RateLimits.of(conf), intervalMs / 1000.0);
        if (startup.open(inputs, cutter)) {
          gate = new BatchGate(intervalMs);
          streaming = new StreamingContext(spark, new Duration(intervalMs));
          batches = new BatchRunner(run, workers, cutter, gate, inputs);
          stream(streaming, workers, cutter, gate, batches, inputs.hasTopicless());
        }
      }
      run.ending().join();
    } catch (RuntimeException | Error error) {
      run.fail(RunFailure.of(error));
      LOG.error("The run has failed", error);
    }
    if (batches != null) drainCuts(batches);
    end(spark, streaming, gate);
  }

  /** A pause leaves nothing in the topics of the cuts if it can: the next version may not have them. */
  private void drainCuts(BatchRunner batches) throws InterruptedException {
    if (!(run.ending().join() instanceof Ending.Drained drained) || !drained.isPause()) return;
    if (batches.drainCuts(CUT_DRAIN_MS)) return;
    run.events.warning(
        "CUTS_NOT_DRAINED",
        "About " + run.tasks.repartitionLag() + " records wait in repartition topics; the next start goes on with them.");
  }

  private void stream(StreamingContext streaming, Workers workers, RangeCutter cutter, BatchGate gate,
      BatchRunner batches, boolean hasTopicless) {
    TopicOffsets offsets = new TopicOffsets(KafkaClientSettings.of(run.spec));
    RangeStream ranges = new RangeStream(streaming, run, cutter, gate, offsets, hasTopicless);
    new JavaInputDStream<ConsumerRecord<byte[], byte[]>>(ranges, ClassTag$.MODULE$.apply(ConsumerRecord.class))
        .foreachRDD((rdd, time) ->
            batches.run(((HasOffsetRanges) rdd.rdd()).offsetRanges(), time.milliseconds()));
    run.streaming(new StreamingView(gate, workers, ranges, cutter));
    streaming.start();
    if (!run.begin()) return;
    run.events.info(
        "DRIVER_RUNNING",
        "All tasks are fenced and restored; reading at up to " + run.kafkaRate() + " records/s, a batch every "
            + gate.report().intervalMs() + " ms.");
  }

  /** Lets the batch that is under way finish where the run is drained; then takes everything down. */
  private void end(SparkContext spark, StreamingContext streaming, BatchGate gate) throws InterruptedException {
    boolean isDrained = run.ending().join() instanceof Ending.Drained;
    if (gate != null) {
      gate.close();
      if (isDrained && !gate.awaitIdle(DRAIN_MS)) {
        run.events.warning(
            "DRIVER_DRAIN_TIMEOUT",
            "Draining took longer than " + DRAIN_MS + " ms; what was not committed will be done again.");
      }
    }
    if (spark != null && !spark.isStopped()) spark.cancelAllJobs();
    if (streaming != null) streaming.stop(true, false);
    else if (spark != null) spark.stop();
    if (isDrained) run.phase(RunPhase.STOPPED);
  }

  /** A job of the start-up may wait for ever; batches are left to the drain. */
  private void cancelStartup(SparkContext spark) {
    if (!run.hasStreaming() && !spark.isStopped()) spark.cancelAllJobs();
  }

  /** What must be so for ranges to be processed in their order, and what keeps Spark's own books small. */
  private static SparkConf settled(SparkConf conf) {
    // One batch after the other; each task at one place only; no waiting for executors before we can tell of it.
    Map.of(
            "spark.streaming.concurrentJobs", "1",
            "spark.speculation", "false",
            "spark.dynamicAllocation.enabled", "false",
            "spark.scheduler.minRegisteredResourcesRatio", "0",
            "spark.streaming.stopGracefullyOnShutdown", "false")
        .forEach(conf::set);
    Map.of(
            "spark.ui.retainedJobs", "50",
            "spark.ui.retainedStages", "50",
            "spark.ui.retainedTasks", "500",
            "spark.ui.retainedDeadExecutors", "20",
            // Nobody looks at a job while it runs: they are too short.
            "spark.ui.liveUpdate.period", "5s",
            // What a batch sends around is a few kilobytes.
            "spark.broadcast.compress", "false",
            "spark.broadcast.checksum", "false",
            "spark.streaming.ui.retainedBatches", "100",
            "spark.ui.showConsoleProgress", "false")
        .forEach(conf::setIfMissing);
    return conf;
  }

  /** Spark itself may give up, for instance when too many executors have failed. */
  private final class ContextEnd extends SparkListener {
    @Override
    public void onApplicationEnd(SparkListenerApplicationEnd end) {
      run.fail(RunFailure.passing("SPARK_ENDED", "Spark has ended the application."));
    }
  }

  private record StreamingView(BatchGate gate, Workers workers, RangeStream ranges, RangeCutter cutter)
      implements Streaming {
    @Override
    public Map<String, Integer> load() {
      return workers.load();
    }

    @Override
    public Double backPressureRate() {
      long known = ranges.backPressure();
      return known == 0 ? null : cutter.inSourceRecords(known);
    }
  }
}
