package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The driver and the rest of Penstock mean the same: samples of all messages lie in `packages/model`, where a test
 * checks them against the schemas.
 */
class MessagesTest {
  private static final Path SAMPLES = Path.of("..", "..", "packages", "model", "src", "messages", "samples");
  /** Writes what is absent as null, so that it shows. */
  private static final ObjectMapper WHOLE = Json.MAPPER.copy().setSerializationInclusion(JsonInclude.Include.ALWAYS);

  @TempDir Path folder;

  private static JsonNode sample(String name) throws IOException {
    return Json.MAPPER.readTree(Files.readString(SAMPLES.resolve(name + ".json")));
  }

  /** Everything that our record knows is in the sample, under the same name and with the same value. */
  private static <T> T readsAllOf(String name, Class<T> type) throws IOException {
    JsonNode given = sample(name);
    T read = Json.read(given, type);
    // By its text, since a number in a tree is of one kind or another.
    assertHolds(given, Json.MAPPER.readTree(WHOLE.writeValueAsString(read)), name);
    return read;
  }

  private static void assertHolds(JsonNode given, JsonNode read, String where) {
    if (read.isObject()) {
      read.fields().forEachRemaining(field -> {
        assertTrue(given.has(field.getKey()), where + " has no " + field.getKey());
        assertHolds(given.get(field.getKey()), field.getValue(), where + "/" + field.getKey());
      });
    } else if (read.isArray()) {
      assertEquals(given.size(), read.size(), where);
      for (int each = 0; each < read.size(); each++) assertHolds(given.get(each), read.get(each), where + "/" + each);
    } else {
      assertEquals(given, read, where);
    }
  }

  /** What we send is the sample, no more and no less, once it has been read. */
  private static void writesAgain(String name, Class<?> type) throws IOException {
    JsonNode given = sample(name);
    // Numbers requests only in the executor.
    if (given.has("kind")) ((ObjectNode) given).remove("id");
    assertEquals(given, Json.MAPPER.readTree(Json.write(Json.read(given, type))), name);
  }

  @Test
  void runSpecification() throws IOException {
    readsAllOf("run-specification-cluster", RunSpec.class);
    RunSpec read = RunSpec.read(SAMPLES.resolve("run-specification-cluster.json"));
    assertEquals(3, read.cluster().executors());
    ObjectNode newer = ((ObjectNode) sample("run-specification-cluster")).put("protocol", 2);
    Path file = Files.writeString(folder.resolve("run.json"), newer.toString());
    Exception refused = assertThrows(IllegalArgumentException.class, () -> RunSpec.read(file));
    assertTrue(refused.getMessage().contains("is of version 2"));
    newer.remove("protocol");
    assertNull(RunSpec.read(Files.writeString(file, newer.toString())).protocol(), "the first version has none");
  }

  @Test
  void heartbeats() throws IOException {
    writesAgain("heartbeat-driver", Heartbeat.class);
    Heartbeat.Reply reply = readsAllOf("heartbeat-reply", Heartbeat.Reply.class);
    assertNotNull(reply.snapshot());
    assertEquals("exit", Json.read(sample("heartbeat-reply-exit"), Heartbeat.Reply.class).desired());
  }

  @Test
  void requestsToWorkers() throws IOException {
    writesAgain("range-prepare", Protocol.PrepareRequest.class);
    writesAgain("range-open", Protocol.OpenRequest.class);
    writesAgain("range-run", Protocol.RunRequest.class);
  }

  @Test
  void answersOfWorkers() throws IOException {
    readsAllOf("range-prepare-answer-sources", Protocol.PrepareAnswer.class);
    Protocol.PrepareAnswer one = Json.read(sample("range-prepare-answer"), Protocol.PrepareAnswer.class);
    assertEquals(1, Inputs.of(one).sources(), "one source is not said");
    readsAllOf("range-open-answer", Protocol.OpenAnswer.class);
    readsAllOf("range-run-answer", Protocol.RunAnswer.class);
    readsAllOf("range-refusal", Refusal.class);
  }

  /** As `WorkerProcess` takes it. */
  private record Refusal(long id, boolean ok, RunFailure error) {}

  @Test
  void words() throws IOException {
    JsonNode words = sample("words");
    assertEquals(words.path("phases"), Json.MAPPER.valueToTree(RunPhase.values()));
    assertEquals(Standing.WAITED_FOR, Set.of(Json.read(words.path("waitedFor"), String[].class)));
    assertEquals(words.path("protocol").asInt(), RunSpec.PROTOCOL_VERSION);
  }

  @Test
  void refusalsOfTheService() throws Exception {
    for (JsonNode refusal : sample("words").path("refusals")) {
      try (FakeService service = new FakeService()) {
        service.status = refusal.path("status").asInt();
        service.reply = Json.write(Map.of("code", refusal.path("code").asText()));
        long[] now = {0};
        ControlChannel channel = new ControlChannel(specOf(service), () -> now[0]);
        Heartbeat heartbeat = Json.read(sample("heartbeat-driver"), Heartbeat.class);
        channel.send(heartbeat);
        now[0] = ControlChannel.CERTAIN_AFTER_MS;
        Heartbeat.Reply reply = channel.send(heartbeat);
        assertEquals(refusal.path("isRunOver").asBoolean(), reply != null, refusal::toString);
      }
    }
  }

  @Test
  void orders() throws Exception {
    for (JsonNode desired : sample("words").path("desired")) {
      try (FakeService service = new FakeService()) {
        service.reply = FakeService.reply(desired.asText(), 100);
        RunState run = new RunState(specOf(service));
        HeartbeatLoop loop = new HeartbeatLoop(run, new ControlChannel(run.spec));
        loop.start();
        try {
          if (desired.asText().equals("run")) {
            service.await(heartbeat -> heartbeat.path("sequence").asLong() == 2);
            assertTrue(run.isWorking());
          } else {
            assertNotNull(run.awaitEnding(60_000), desired::toString);
          }
        } finally {
          loop.stop();
        }
      }
    }
  }

  private static RunSpec specOf(FakeService service) throws IOException {
    ObjectNode given = (ObjectNode) sample("run-specification-cluster");
    given.withObject("/control").put("endpointsFile", "file:///none").putArray("urls").add(service.url());
    return Json.read(given, RunSpec.class);
  }
}
