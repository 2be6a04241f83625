package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeartbeatTest {
  @TempDir Path folder;

  private RunSpec spec(List<String> urls, String endpoints) {
    return new RunSpec(
        1, "run 1", "p1", new RunSpec.Kafka("127.0.0.1:9", null, null), 1, 512, 100,
        new RunSpec.Control(endpoints, "secret", urls), new RunSpec.Cluster("tag-1", 1));
  }

  private RunState run(List<String> urls) {
    return new RunState(spec(urls, folder.resolve("none.json").toUri().toString()));
  }

  @Test
  void tellsWhatTheServiceExpects() throws Exception {
    try (FakeService service = new FakeService()) {
      RunState run = run(List.of("http://127.0.0.1:1", service.url()));
      run.tasks.opened(new Place(0, 0), "source", true, 5, System.currentTimeMillis());
      HeartbeatLoop loop = new HeartbeatLoop(run, new ControlChannel(run.spec));
      loop.start();
      try {
        run.events.info("A", "b");
        JsonNode heartbeat = service.await(each -> each.path("events").size() == 1);
        assertEquals("Bearer secret", service.authorization);
        assertEquals("/internal/v1/runs/run%201/heartbeat", service.path);
        assertEquals("starting", heartbeat.path("phase").asText());
        assertEquals("tag-1", heartbeat.path("cluster").path("tag").asText());
        assertEquals(5, heartbeat.path("tasks").path(0).path("committedOffset").asLong());
        assertFalse(heartbeat.has("failure"));
        assertFalse(heartbeat.has("snapshot"));
        JsonNode next = service.await(each -> each.path("events").isEmpty());
        assertTrue(next.path("sequence").asLong() > heartbeat.path("sequence").asLong());
        assertTrue(run.isWorking());
      } finally {
        loop.stop();
      }
    }
  }

  @Test
  void doesWhatTheServiceSays() throws Exception {
    try (FakeService service = new FakeService()) {
      RunState run = run(List.of(service.url()));
      HeartbeatLoop loop = new HeartbeatLoop(run, new ControlChannel(run.spec));
      loop.start();
      try {
        service.reply =
            "{\"desired\":\"run\",\"kafkaRate\":777,\"intervalMs\":100,\"snapshot\":{\"id\":\"s\",\"records\":2}}";
        JsonNode changed = service.await(each -> each.has("snapshot"));
        assertEquals("s", changed.path("snapshot").path("id").asText());
        assertEquals(777, run.kafkaRate());
        service.reply = FakeService.reply("pause", 777);
        assertInstanceOf(Ending.Drained.class, run.awaitEnding(60_000));
        service.await(each -> each.path("phase").asText().equals("draining"));
        run.phase(RunPhase.STOPPED);
        assertTrue(loop.farewell(60_000));
        service.await(each -> each.path("phase").asText().equals("stopped"));
      } finally {
        loop.stop();
      }
    }
  }

  @Test
  void aRunEndsWhenTheServiceSaysForHalfAMinuteThatItIsOver() throws Exception {
    for (var word : Map.of(404, "RUN_UNKNOWN", 410, "RUN_OVER").entrySet()) {
      try (FakeService service = new FakeService()) {
        AtomicLong now = new AtomicLong(1000);
        ControlChannel channel = new ControlChannel(spec(List.of(service.url()), "file:///none"), now::get);
        Heartbeat heartbeat = run(List.of()).heartbeat(1);
        service.status = word.getKey();
        service.reply = "{\"code\":\"" + word.getValue() + "\"}";
        assertNull(channel.send(heartbeat), "once is not enough");
        now.addAndGet(29_999);
        assertNull(channel.send(heartbeat));
        service.status = 200;
        service.reply = FakeService.reply("run", 100);
        assertEquals("run", channel.send(heartbeat).desired(), "and an order in between takes it back");
        service.status = word.getKey();
        service.reply = "{\"code\":\"" + word.getValue() + "\"}";
        assertNull(channel.send(heartbeat));
        now.addAndGet(30_000);
        assertEquals("exit", channel.send(heartbeat).desired());
      }
    }
  }

  @Test
  void whatSomethingElseAnswersEndsNoRun() throws Exception {
    try (FakeService other = new FakeService()) {
      AtomicLong now = new AtomicLong();
      ControlChannel channel = new ControlChannel(spec(List.of(other.url()), "file:///none"), now::get);
      for (int status : new int[] {404, 410}) {
        for (String answer : List.of("", "<html>not found</html>", "{}", "[]", "{\"code\":\"ROUTE_UNKNOWN\"}")) {
          other.status = status;
          other.reply = answer;
          assertNull(channel.send(run(List.of()).heartbeat(1)));
          now.addAndGet(3_600_000);
        }
      }
    }
  }

  @Test
  void otherRefusalsAreNoOrders() throws Exception {
    try (FakeService service = new FakeService()) {
      service.status = 503;
      assertNull(new ControlChannel(spec(List.of(service.url()), "file:///none")).send(run(List.of()).heartbeat(1)));
    }
  }

  @Test
  void findsAServiceThatHasMoved() throws IOException {
    Path endpoints = folder.resolve("endpoints.json");
    try (FakeService first = new FakeService();
        FakeService second = new FakeService()) {
      ControlChannel channel = new ControlChannel(spec(List.of(first.url()), endpoints.toUri().toString()));
      Heartbeat heartbeat = run(List.of()).heartbeat(1);
      assertEquals("run", channel.send(heartbeat).desired());
      first.goAway();
      assertNull(channel.send(heartbeat), "there is no file yet");
      Files.writeString(endpoints, "{\"urls\":");
      assertNull(channel.send(heartbeat), "the file is half-written");
      Files.writeString(endpoints, "{\"urls\":[\"" + second.url() + "\"]}");
      assertEquals("run", channel.send(heartbeat).desired());
      Files.delete(endpoints);
      assertEquals("run", channel.send(heartbeat).desired());
    }
  }
}
