package org.penstock.spark;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** What the driver posts to the service: `heartbeat.ts` of the model. `protocol`: `RunSpec.PROTOCOL_VERSION`. */
record Heartbeat(int protocol, String runId, String workerId, long pid, String host, long startedAt, long sequence,
    RunPhase phase, RunFailure failure, long startProgress, Standing.Waiting waiting, List<Protocol.TaskProgress> tasks,
    Map<String, Protocol.StageCounters> stages, Map<String, Protocol.PartWork> work, long recordsRead, long bytesRead,
    long recordsWritten, long rssMb, long cpuMs, List<Protocol.RunEvent> events, ClusterReport cluster,
    Protocol.SnapshotResult snapshot) {

  record ClusterReport(String tag, String applicationId, int attempt, List<ExecutorReport> executors,
      BatchReport batches, Double backPressureRate) {}

  record BatchReport(long intervalMs, long completed, int waiting, long schedulingDelayMs, long processingMs) {}

  /** The worker's figures are absent until it has answered for the first time. */
  record ExecutorReport(String executorId, String host, String containerId, int tasks, long jvmPid, long jvmRssMb,
      long jvmCpuMs, Long workerPid, Long workerRssMb, Long workerCpuMs) {}

  /** `desired`: run, pause, stop or exit. */
  record Reply(String desired, long kafkaRate, long intervalMs, JsonNode snapshot) {}
}
