package org.penstock.spark;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the driver knows of its run: written by the batches and by Spark, told by heartbeats. */
final class RunState {
  final RunSpec spec;
  final EventLog events = new EventLog();
  final WorkerCounters counters = new WorkerCounters();
  final TaskBoard tasks = new TaskBoard();
  final Standing standing = new Standing();
  final SnapshotCollector snapshot = new SnapshotCollector();
  final Executors executors = new Executors(events, this::isWorking);

  private final String workerId = UUID.randomUUID().toString();
  private final long startedAt = System.currentTimeMillis();
  private final String host = hostName();
  private final CompletableFuture<Ending> ending = new CompletableFuture<>();
  private volatile RunPhase phase = RunPhase.STARTING;
  private volatile Application application = Application.ofContainer(System.getenv("CONTAINER_ID"));
  private volatile long kafkaRate;
  private volatile Streaming streaming;
  private volatile Runnable onPhase = () -> {};

  RunState(RunSpec spec) {
    this.spec = spec;
    this.kafkaRate = spec.kafkaRate();
  }

  RunPhase phase() {
    return phase;
  }

  void phase(RunPhase next) {
    phase = next;
    onPhase.run();
  }

  /** Batches run from now on. False when the run has ended before. */
  synchronized boolean begin() {
    if (!isWorking()) return false;
    phase(RunPhase.RUNNING);
    return true;
  }

  /** Called after each change of phase: the service should know at once. */
  void onPhase(Runnable listener) {
    onPhase = listener;
  }

  void application(Application known) {
    application = known;
  }

  /** From now on heartbeats tell of batches. */
  void streaming(Streaming begun) {
    streaming = begun;
  }

  boolean hasStreaming() {
    return streaming != null;
  }

  long kafkaRate() {
    return kafkaRate;
  }

  void kafkaRate(long rate) {
    if (rate == kafkaRate) return;
    kafkaRate = rate;
    events.info("RATE_CHANGED", "The rate is now " + rate + " records/s.");
  }

  /** Neither ended nor about to. */
  boolean isWorking() {
    return !ending.isDone();
  }

  /** The first word counts. */
  synchronized void end(Ending how) {
    if (!ending.complete(how)) return;
    if (how instanceof Ending.Failed failed) {
      events.error(failed.failure().code(), failed.failure().message());
      phase(RunPhase.FAILED);
    } else if (how instanceof Ending.Drained) {
      events.info("DRIVER_DRAINING", "The driver finishes the batch that is under way and ends.");
      phase(RunPhase.DRAINING);
    }
  }

  void fail(RunFailure failure) {
    end(new Ending.Failed(failure));
  }

  /** Waits for the end; null when there is none yet after that time. */
  Ending awaitEnding(long timeoutMs) throws InterruptedException {
    try {
      return ending.get(timeoutMs, TimeUnit.MILLISECONDS);
    } catch (TimeoutException notYet) {
      return null;
    } catch (ExecutionException impossible) {
      throw new IllegalStateException("An ending is always given as a value", impossible);
    }
  }

  CompletableFuture<Ending> ending() {
    return ending;
  }

  Heartbeat heartbeat(long sequence) {
    WorkerCounters.Totals totals = counters.totals();
    RunFailure failure = ending.getNow(null) instanceof Ending.Failed failed ? failed.failure() : null;
    return new Heartbeat(
        RunSpec.PROTOCOL_VERSION,
        spec.runId(),
        workerId,
        ProcessHandle.current().pid(),
        host,
        startedAt,
        sequence,
        phase,
        phase == RunPhase.FAILED ? failure : null,
        standing.progress(),
        standing.waiting(),
        tasks.progress(System.currentTimeMillis()),
        totals.stages(),
        totals.work(),
        totals.recordsRead(),
        totals.bytesRead(),
        totals.recordsWritten(),
        ProcessFigures.rssMb(),
        ProcessFigures.cpuMs(),
        events.pending(),
        clusterReport(),
        snapshot.result());
  }

  private Heartbeat.ClusterReport clusterReport() {
    Streaming now = streaming;
    return new Heartbeat.ClusterReport(
        spec.cluster().tag(),
        application.id(),
        application.attempt(),
        executors.report(now == null ? Map.of() : now.load()),
        now == null ? new Heartbeat.BatchReport(0, 0, 0, 0, 0) : now.gate().report(),
        now == null ? null : now.backPressureRate());
  }

  private static String hostName() {
    String given = System.getenv("SPARK_LOCAL_HOSTNAME");
    if (given != null && !given.isBlank()) return given;
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unnamed) {
      return "localhost";
    }
  }
}
