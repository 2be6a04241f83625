package org.penstock.spark;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * What the driver asks of workers and what they answer: `packages/model/src/messages/range-protocol.ts`. Requests are without
 * `id` here; the executor numbers them.
 */
final class Protocol {
  private Protocol() {}

  /** `layout`: of the tasks that run already; null at first. */
  record PrepareRequest(String kind, boolean purge, JsonNode layout) {
    PrepareRequest(boolean purge, JsonNode layout) {
      this("prepare", purge, layout);
    }
  }

  record OpenRequest(String kind, int thread, JsonNode layout, List<Place> places) {
    OpenRequest(int thread, JsonNode layout, List<Place> places) {
      this("open", thread, layout, places);
    }
  }

  record RunRequest(String kind, int thread, JsonNode layout, long kafkaRate, List<TaskRange> ranges,
      JsonNode snapshot) {
    RunRequest(int thread, JsonNode layout, long kafkaRate, List<TaskRange> ranges, JsonNode snapshot) {
      this("run", thread, layout, kafkaRate, ranges, snapshot);
    }
  }

  /** Offsets `[from, until)` of the input of a task. */
  record TaskRange(int part, int partition, long from, long until) {}

  /** `topic` is null for a source that is no topic. */
  record PartInput(String topic, int partitions) {}

  /**
   * `layout` goes back with every later request and means nothing here. `sources`: how many of the parts, the first
   * ones, are those of sources; null for one.
   */
  record PrepareAnswer(JsonNode layout, long batchIntervalMs, List<PartInput> parts, Integer sources) {}

  /** `committedOffset` is null for a source without a topic: it has no position. `endOffset`: -1 where not known. */
  record TaskPosition(int part, int partition, Long committedOffset, long endOffset) {}

  record OpenAnswer(List<TaskPosition> positions) {}

  record RunAnswer(List<TaskProgress> tasks, @JsonProperty("isFinished") boolean isFinished, WorkerReport report) {}

  /**
   * Where a task stands, as workers tell it and heartbeats pass it on. Offsets are -1 where not yet known; `heldBack`
   * is null where nothing is, `eventLagMs` where it is not known.
   */
  record TaskProgress(int part, String topic, int partition, long committedOffset, long endOffset, long lag,
      long stalledMs, Long eventLagMs, HeldBack heldBack) {}

  /** What lies beyond the last stable offset, and for how long that offset has stood still. */
  record HeldBack(long records, long forMs) {}

  /** Counters since the worker process started, all its threads together. `work` is null where it is not measured. */
  record WorkerReport(String workerId, long pid, long rssMb, long cpuMs, long recordsRead, long bytesRead,
      long recordsWritten, Map<String, StageCounters> stages, Map<String, PartWork> work, List<RunEvent> events,
      SnapshotResult snapshot) {}

  /** `lookUps`: by name, then by what is counted; null where the stage asks nothing. */
  record StageCounters(long input, long output, Map<String, Long> errors, Map<String, Long> dropped,
      Map<String, Map<String, Long>> lookUps) {}

  /** How the tasks of a part of the plan spent their time. */
  record PartWork(long openMs, long idleMs, long rateMs, long commitMs, long commits, Map<String, StageWork> stages) {}

  /** `from`: records by the stage they came from. */
  record StageWork(long busyMs, Map<String, Long> from) {}

  /** `at` in Unix ms; `severity`: info, warning, error. */
  record RunEvent(long at, String code, String message, String severity) {}

  record SnapshotResult(String id, List<JsonNode> records) {}

  /** One executor's own figures; sent with each answer. */
  record ExecutorFigures(String executorId, String host, String containerId, long jvmPid, long jvmRssMb,
      long jvmCpuMs) {}

  /** What a Spark task brings back: where it ran, and the worker's answers to its requests in their order. */
  record SlotAnswer(ExecutorFigures executor, List<JsonNode> answers) {}
}
