package org.penstock.spark;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.spark.streaming.kafka010.OffsetRange;
import org.apache.spark.util.ShutdownHookManager;

/**
 * Runs the batches, one after the other: hands their ranges to the workers and takes in what they answer. A batch that
 * fails fails the run, since later ranges do not follow on what it has left undone.
 */
final class BatchRunner {
  private static final long PREPARE_NANOS = Duration.ofSeconds(15).toNanos();
  private static final long EXECUTOR_POLL_MS = 200;
  /** Old records of repartition topics are deleted at every so many looks at the topics. */
  private static final int PURGE_EVERY = 4;

  private final RunState run;
  private final Workers workers;
  private final RangeCutter cutter;
  private final BatchGate gate;
  private Inputs inputs;
  private long preparedNanos = System.nanoTime();
  private int prepares;
  private boolean wasFinished;
  private final QuietBatches quiet = new QuietBatches();

  BatchRunner(RunState run, Workers workers, RangeCutter cutter, BatchGate gate, Inputs inputs) {
    this.run = run;
    this.workers = workers;
    this.cutter = cutter;
    this.gate = gate;
    this.inputs = inputs;
  }

  /** Never throws: a batch that fails is the end of the run. */
  void run(OffsetRange[] ranges, long batchMs) {
    if (!gate.begin(batchMs)) return;
    boolean isDone = false;
    try {
      isDone = awaitExecutor() && process(ranges, batchMs);
    } catch (Throwable thrown) {
      // Spark's own end tears down batches too: nothing failed then.
      if (!ShutdownHookManager.inShutdown()) tell(RunFailure.of(thrown));
      if (thrown instanceof InterruptedException) Thread.currentThread().interrupt();
    } finally {
      gate.end(isDone);
      // Also while a pause is drained: later ranges would not follow on what was left undone.
      if (!isDone && !run.isWorking()) {
        gate.close();
        quiet.giveUp();
      }
    }
  }

  /** Works off what waits behind the cuts of the plan, the sources no longer read. False when that took too long. */
  boolean drainCuts(long timeoutMs) throws InterruptedException {
    if (!inputs.hasCuts()) return true;
    cutter.stopSource();
    quiet.begin();
    return quiet.await(timeoutMs);
  }

  private void tell(RunFailure failure) {
    if (run.isWorking()) run.fail(failure);
    else run.events.warning(failure.code(), "The last batch was not finished: " + failure.message());
  }

  /** Without any executor a task could not even be given a place. False when the run ends meanwhile. */
  private boolean awaitExecutor() throws InterruptedException {
    while (run.executors.live().isEmpty()) {
      if (run.awaitEnding(EXECUTOR_POLL_MS) != null) return false;
    }
    return true;
  }

  private boolean process(OffsetRange[] ranges, long batchMs) {
    long generation = run.counters.generation();
    long before = run.counters.recordsRead();
    boolean isPrepareDue = System.nanoTime() - preparedNanos >= PREPARE_NANOS;
    String prepare = isPrepareDue ? prepareRequest() : null;
    List<Protocol.TaskRange> tasks = taskRanges(ranges);
    Workers.BatchResult result = workers.process(tasks, inputs.layout(), prepare, isPrepareDue);
    // A worker that died has counted what nobody was told of.
    boolean isComparable = generation == run.counters.generation();
    cutter.settle(batchMs, isComparable ? run.counters.recordsRead() - before : -1);
    if (isPrepareDue) takeIn(result.prepared());
    boolean isEmpty = tasks.stream().allMatch(range -> range.from() >= range.until());
    quiet.done(isEmpty && run.tasks.repartitionLag() == 0);
    finishWhenDone(result.isFinished());
    return true;
  }

  private String prepareRequest() {
    return Json.write(new Protocol.PrepareRequest(++prepares % PURGE_EVERY == 0, inputs.layout()));
  }

  /** One range for every task; empty for those whose input is not part of the batch. */
  private List<Protocol.TaskRange> taskRanges(OffsetRange[] ranges) {
    Map<TopicPartition, OffsetRange> byInput = new HashMap<>();
    for (OffsetRange range : ranges) byInput.put(range.topicPartition(), range);
    List<Protocol.TaskRange> all = new ArrayList<>();
    for (Place place : inputs.places()) {
      OffsetRange range = inputs.topicOf(place).map(byInput::get).orElse(null);
      // A partition found after this batch was cut has its turn in the next one.
      long still = range == null ? standing(place) : 0;
      long from = range == null ? still : range.fromOffset();
      long until = range == null ? still : range.untilOffset();
      // What is not named is let go of. Only so do tasks of a source end that make records by the clock, whether they
      // read a topic beside or none: there would be no end of what they write into the cuts.
      if (cutter.isSourceStopped() && inputs.isOfSource(place) && from >= until) continue;
      all.add(new Protocol.TaskRange(place.part(), place.partition(), from, until));
    }
    return all;
  }

  /** Where a task stands that has nothing to read now; a source without a topic stands nowhere, and is asked as at 0. */
  private long standing(Place place) {
    if (inputs.topicOf(place).isEmpty()) return 0;
    long committed = run.tasks.committedOf(place);
    if (committed >= 0) return committed;
    throw new WorkerFailure(
        RunFailure.passing("POSITION_UNKNOWN", "No worker has said where task " + place + " stands."));
  }

  /** Learns of new partitions. What can pass is looked at again in a while; what cannot ends the run. */
  private void takeIn(JsonNode prepared) {
    preparedNanos = System.nanoTime();
    try {
      Inputs found = Inputs.of(Workers.answerOf(prepared, Protocol.PrepareAnswer.class));
      List<Place> added = found.beyond(inputs);
      if (added.isEmpty()) return;
      open(added, found, run, workers, cutter);
      inputs = found;
      run.events.info("PARTITIONS_ADDED", added.size() + " new partitions are read from now on.");
    } catch (WorkerFailure failure) {
      // Begun anew, the run is distributed as the topics are now.
      if (!failure.failure().retryable() || "PLAN_CHANGED".equals(failure.failure().code())) throw failure;
      String why = failure.failure().message();
      run.events.warning(failure.failure().code(), "New partitions cannot be looked for: " + why);
    }
  }

  /** Has workers take over tasks, and puts them where the cutter and the board find them. */
  static void open(List<Place> places, Inputs all, RunState run, Workers workers, RangeCutter cutter) {
    long nowMs = System.currentTimeMillis();
    for (Protocol.TaskPosition position : workers.open(places, all)) {
      Place place = new Place(position.part(), position.partition());
      String topic = all.topicOf(place).map(TopicPartition::topic).orElse("");
      Long committed = position.committedOffset();
      if (committed == null && all.topicOf(place).isPresent()) {
        throw new WorkerFailure(RunFailure.passing("POSITION_UNKNOWN", "A worker does not know where " + place + " stands."));
      }
      boolean isOfSource = all.isOfSource(place);
      run.tasks.opened(place, topic, isOfSource, committed == null ? -1 : committed, nowMs);
      run.tasks.end(place, position.endOffset(), nowMs);
      all.topicOf(place).ifPresent(input -> cutter.add(input, place, isOfSource, committed));
    }
  }

  /** Ends the run after its last records have come through the repartition topics as well. */
  private void finishWhenDone(boolean isFinished) {
    // What the source wrote last is seen by the look at the topics before the next batch, not by the one before this.
    if (isFinished && (wasFinished || !inputs.hasCuts()) && run.tasks.repartitionLag() == 0) {
      run.events.info("SOURCE_FINISHED", "The data source has no more records.");
      run.end(new Ending.Drained(false));
    }
    wasFinished |= isFinished;
  }
}
