package org.penstock.spark;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkEnv;

/** What runs in an executor: asks its worker and brings the answers back. No record comes by. */
final class SlotTask {
  private static final long FIRST_WAIT_MS = 200;
  private static final long LONGEST_WAIT_MS = 10_000;

  private SlotTask() {}

  /** A `SlotAnswer` in JSON. `attempt`: from 0. Errors: `WorkerFailure` where Spark is to try again. */
  static String answer(SlotRequest request, int attempt) {
    try {
      return answers(request, attempt);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw new WorkerFailure(RunFailure.passing("TASK_CANCELLED", "The task was cancelled."));
    }
  }

  private static String answers(SlotRequest request, int attempt) throws InterruptedException {
    // Spark itself tries again at once, and soon has no tries left; what can pass takes a moment.
    if (attempt > 0) Thread.sleep(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS << Math.min(10, 2 * (attempt - 1))));
    List<String> answers = new ArrayList<>();
    for (int index = 0; index < request.bodies().size(); index++) {
      boolean isLast = index == request.bodies().size() - 1;
      answers.add(ask(request.bodies().get(index), request.isRetried() && isLast));
    }
    return "{\"executor\":" + Json.write(figures()) + ",\"answers\":[" + String.join(",", answers) + "]}";
  }

  private static String ask(String body, boolean isRetried) throws InterruptedException {
    try {
      WorkerProcess.Answer answer = WorkerProcess.get().request(body);
      if (answer.error() != null && answer.error().retryable() && isRetried) throw new WorkerFailure(answer.error());
      return answer.text();
    } catch (WorkerFailure failure) {
      if (isRetried) throw failure;
      return "{\"id\":0,\"ok\":false,\"error\":" + Json.write(failure.failure()) + "}";
    }
  }

  private static Protocol.ExecutorFigures figures() {
    SparkEnv env = SparkEnv.get();
    String container = System.getenv("CONTAINER_ID");
    return new Protocol.ExecutorFigures(
        env.executorId(),
        env.blockManager().blockManagerId().host(),
        container == null ? "" : container,
        ProcessHandle.current().pid(),
        ProcessFigures.rssMb(),
        ProcessFigures.cpuMs());
  }
}
