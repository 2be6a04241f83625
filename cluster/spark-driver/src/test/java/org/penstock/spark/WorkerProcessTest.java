package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class WorkerProcessTest {
  private static final long LONG = 60_000;

  @Test
  void answersFindWhoeverAsked() throws Exception {
    WorkerProcess worker = WorkerProcess.start(FakeWorker.command("answers"), LONG);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<String>> asking = new ArrayList<>();
      for (int each = 0; each < 200; each++) {
        String mark = "\"mark\":\"" + each + "-é\u20ac\"";
        asking.add(() -> {
          String text = worker.request("{\"kind\":\"hello\"," + mark + "}").text();
          assertTrue(text.contains(mark), text);
          return text;
        });
      }
      for (Future<String> done : threads.invokeAll(asking)) assertTrue(done.get().contains("workerId"));
    } finally {
      threads.shutdownNow();
      worker.kill();
    }
  }

  @Test
  void aRefusalIsAnAnswer() throws Exception {
    WorkerProcess worker = WorkerProcess.start(FakeWorker.command("refuses"), LONG);
    try {
      assertNull(worker.request("{\"kind\":\"run\"}").error());
      RunFailure refused = worker.request("{\"kind\":\"run\"}").error();
      assertEquals("FAKE", refused.code());
      assertFalse(refused.retryable());
    } finally {
      worker.kill();
    }
  }

  @Test
  void theEndOfTheProcessFailsItsRequests() throws Exception {
    WorkerProcess worker = WorkerProcess.start(FakeWorker.command("dies"), LONG);
    WorkerFailure first = assertThrows(WorkerFailure.class, () -> worker.request("{\"kind\":\"hello\"}"));
    assertTrue(first.failure().retryable());
    assertTrue(first.getMessage().contains("WORKER_GONE"), first.getMessage());
    assertThrows(WorkerFailure.class, () -> worker.request("{\"kind\":\"hello\"}"));
  }

  @Test
  void anEndlessSilenceEndsTheProcess() throws Exception {
    WorkerProcess worker = WorkerProcess.start(FakeWorker.command("silent"), 50);
    WorkerFailure failure = assertThrows(WorkerFailure.class, () -> worker.request("{\"kind\":\"hello\"}"));
    assertEquals("WORKER_SILENT", failure.failure().code());
    assertTrue(worker.awaitEnd());
  }

  @Test
  void outputThatIsNoAnswerEndsTheProcess() throws Exception {
    WorkerProcess worker = WorkerProcess.start(FakeWorker.command("babbles"), LONG);
    WorkerFailure failure = assertThrows(WorkerFailure.class, () -> worker.request("{\"kind\":\"hello\"}"));
    assertTrue(failure.failure().retryable());
    assertTrue(worker.awaitEnd());
  }

  @Test
  void aMissingProgramIsSaidToBeMissing() {
    WorkerCommand missing = new WorkerCommand(List.of("./no/such/node"), Map.of());
    assertThrows(IOException.class, () -> WorkerProcess.start(missing, LONG));
  }

  @Test
  void theWorkerSeesNothingSecretOfTheEnvironment() {
    assertTrue(System.getenv().containsKey("SPARK_LOCAL_IP"));
    assertFalse(WorkerCommand.passedOn(System.getenv()).containsKey("SPARK_LOCAL_IP"));
    assertTrue(WorkerCommand.passedOn(System.getenv()).containsKey("PATH"));
  }
}
