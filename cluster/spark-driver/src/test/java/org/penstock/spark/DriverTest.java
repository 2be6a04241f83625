package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole driver in Spark's local mode, with a fake worker process and a source that needs no Kafka. */
class DriverTest {
  @TempDir Path folder;
  private FakeService service;

  @BeforeEach
  void start() throws Exception {
    service = new FakeService();
  }

  @AfterEach
  void stop() {
    service.close();
    WorkerProcess.killCurrent();
  }

  private CompletableFuture<Void> drive(String... behaviour) {
    WorkerProcess.killCurrent();
    WorkerProcess.use(FakeWorker.command(behaviour));
    RunSpec spec =
        new RunSpec(
            1, "run-1", "p1", new RunSpec.Kafka("127.0.0.1:9", null, null), 2, 512, 100,
            new RunSpec.Control(folder.resolve("none").toUri().toString(), "secret", List.of(service.url())),
            new RunSpec.Cluster("tag-1", 1));
    SparkConf conf =
        new SparkConf()
            .setMaster("local[2,4]")
            .setAppName("test")
            .set("spark.ui.enabled", "false")
            .set("spark.local.dir", folder.toString())
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1");
    return CompletableFuture.runAsync(() -> {
      try {
        Driver.drive(spec, conf);
      } catch (Exception error) {
        throw new java.util.concurrent.CompletionException(error);
      }
    });
  }

  private static List<String> codes(JsonNode heartbeat) {
    List<String> codes = new ArrayList<>();
    heartbeat.path("events").forEach(event -> codes.add(event.path("code").asText()));
    return codes;
  }

  @Test
  void runsBatchesAndIsStoppedInOrder() throws Exception {
    CompletableFuture<Void> driver = drive("answers");
    JsonNode running = service.await(each -> each.path("recordsRead").asLong() >= 2);
    assertEquals("running", running.path("phase").asText());
    assertEquals(500, running.path("cluster").path("batches").path("intervalMs").asLong());
    assertTrue(running.path("cluster").path("batches").path("completed").asLong() >= 1);
    JsonNode executor = running.path("cluster").path("executors").path(0);
    assertEquals(1, executor.path("tasks").asInt());
    assertTrue(executor.path("workerPid").asLong() > 0);
    assertTrue(running.path("stages").path("Stage_01").path("input").asLong() >= 2);
    service.reply =
        "{\"desired\":\"run\",\"kafkaRate\":100,\"intervalMs\":100,\"snapshot\":{\"id\":\"s\",\"records\":2}}";
    service.await(each -> each.path("snapshot").path("records").size() == 1);
    service.reply = FakeService.reply("stop", 100);
    service.await(each -> each.path("phase").asText().equals("stopped"));
    driver.get();
  }

  @Test
  void endsByItselfWhenTheSourceHasNoMore() throws Exception {
    CompletableFuture<Void> driver = drive("finishes");
    service.await(each -> codes(each).contains("SOURCE_FINISHED"));
    service.await(each -> each.path("phase").asText().equals("stopped"));
    driver.get();
  }

  @Test
  void whatCannotPassPoisonsTheRun() throws Exception {
    CompletableFuture<Void> driver = drive("refuses");
    JsonNode failed = service.await(each -> each.path("phase").asText().equals("failed"));
    assertEquals("FAKE", failed.path("failure").path("code").asText());
    assertEquals(false, failed.path("failure").path("retryable").asBoolean());
    ExecutionException thrown = assertThrows(ExecutionException.class, driver::get);
    assertTrue(thrown.getCause().getMessage().contains("FAKE"));
  }

  @Test
  void whatCanPassIsTriedAgainAndAKilledWorkerReplaced() throws Exception {
    Path mark = Files.createFile(folder.resolve("mark"));
    CompletableFuture<Void> driver = drive("dies-once", mark.toString());
    JsonNode before = service.await(each -> each.path("recordsRead").asLong() == 2);
    service.await(each -> each.path("recordsRead").asLong() >= 4);
    assertEquals("running", before.path("phase").asText());
    service.reply = FakeService.reply("pause", 100);
    driver.get();
    assertTrue(Files.notExists(mark));
  }

  @Test
  void aRefusalThatPassesIsNoFailure() throws Exception {
    CompletableFuture<Void> driver = drive("passing");
    service.await(each -> each.path("recordsRead").asLong() >= 5);
    service.reply = FakeService.reply("stop", 100);
    driver.get();
  }

  @Test
  void aDismissedDriverJustGoes() throws Exception {
    service.reply = FakeService.reply("exit", 100);
    drive("answers").get();
  }

  @Test
  void withoutAWorkerItGoesOnTryingUntilItIsStopped() throws Exception {
    CompletableFuture<Void> driver = drive("dies");
    service.await(each -> codes(each).contains("WORKER_GONE"));
    service.reply = FakeService.reply("stop", 100);
    driver.get();
  }
}
