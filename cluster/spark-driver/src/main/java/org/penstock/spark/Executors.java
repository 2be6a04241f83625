package org.penstock.spark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.storage.BlockManagerId;
import scala.collection.JavaConverters;

/** The executors that are there, as Spark tells, and what they and their workers last told of themselves. */
final class Executors extends SparkListener {
  private final EventLog events;
  private final BooleanSupplier isWorking;
  private final Map<String, Known> known = new HashMap<>();

  private static final class Known {
    final String host;
    Protocol.ExecutorFigures figures;
    Protocol.WorkerReport worker;

    Known(String host) {
      this.host = host;
    }
  }

  /** `isWorking`: false once the run is ending, when executors that go are nothing to tell of. */
  Executors(EventLog events, BooleanSupplier isWorking) {
    this.events = events;
    this.isWorking = isWorking;
  }

  /** Listens from now on, and takes in those that came before. */
  void attachTo(SparkContext spark) {
    spark.addSparkListener(this);
    JavaConverters.mapAsJavaMap(spark.env().blockManager().master().getMemoryStatus()).keySet().stream()
        .filter(id -> spark.isLocal() || !id.isDriver())
        .forEach(this::seen);
  }

  private synchronized void seen(BlockManagerId id) {
    known.computeIfAbsent(id.executorId(), key -> new Known(id.host()));
  }

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded added) {
    String host = added.executorInfo().executorHost();
    synchronized (this) {
      if (known.putIfAbsent(added.executorId(), new Known(host)) != null) return;
    }
    if (isWorking.getAsBoolean()) {
      events.info("EXECUTOR_ADDED", "Executor " + added.executorId() + " is there, on " + host + ".");
    }
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    synchronized (this) {
      if (known.remove(removed.executorId()) == null) return;
    }
    if (isWorking.getAsBoolean()) {
      events.warning("EXECUTOR_LOST", "Executor " + removed.executorId() + " is gone: " + removed.reason());
    }
  }

  /** In the order in which they came. */
  synchronized List<String> live() {
    List<String> live = new ArrayList<>(known.keySet());
    live.sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
    return live;
  }

  /** Where a task should run that is meant for the executor, in Spark's own way of writing it; null when it is gone. */
  synchronized String locationOf(String executorId) {
    Known executor = known.get(executorId);
    return executor == null ? null : "executor_" + executor.host + "_" + executorId;
  }

  /** `worker`: null where the answer held no report. */
  synchronized void hear(Protocol.ExecutorFigures figures, Protocol.WorkerReport worker) {
    Known executor = known.get(figures.executorId());
    if (executor == null) return;
    executor.figures = figures;
    if (worker != null) executor.worker = worker;
  }

  /** `load`: tasks by executor. */
  synchronized List<Heartbeat.ExecutorReport> report(Map<String, Integer> load) {
    return live().stream().map(id -> report(id, known.get(id), load.getOrDefault(id, 0))).toList();
  }

  private static Heartbeat.ExecutorReport report(String id, Known executor, int tasks) {
    Protocol.ExecutorFigures jvm = executor.figures;
    Protocol.WorkerReport worker = executor.worker;
    return new Heartbeat.ExecutorReport(
        id,
        executor.host,
        jvm == null ? "" : jvm.containerId(),
        tasks,
        jvm == null ? 0 : jvm.jvmPid(),
        jvm == null ? 0 : jvm.jvmRssMb(),
        jvm == null ? 0 : jvm.jvmCpuMs(),
        worker == null ? null : worker.pid(),
        worker == null ? null : worker.rssMb(),
        worker == null ? null : worker.cpuMs());
  }

}
