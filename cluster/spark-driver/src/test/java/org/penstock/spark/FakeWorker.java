package org.penstock.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A worker process for tests: speaks the protocol, reads nothing. Its first argument says how it behaves. */
public final class FakeWorker {
  private static final String ID = UUID.randomUUID().toString();
  private static int runs;

  private FakeWorker() {}

  static WorkerCommand command(String... behaviour) {
    String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
    List<String> words = new ArrayList<>(List.of(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    words.addAll(List.of("-cp", classPath(), FakeWorker.class.getName()));
    words.addAll(List.of(behaviour));
    return new WorkerCommand(words, Map.of());
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  public static void main(String[] args) throws IOException {
    System.err.println("fake worker started: " + args[0]);
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
    for (byte[] message = Frames.read(in); message != null; message = Frames.read(in)) {
      JsonNode request = Json.MAPPER.readTree(message);
      if (args[0].equals("silent")) continue;
      if (args[0].equals("dies")) System.exit(7);
      if (args[0].equals("babbles")) {
        System.out.println("\u7fff\u7fffthis is no frame at all");
        System.out.flush();
        continue;
      }
      Frames.write(System.out, Json.write(answer(args, request)).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static ObjectNode answer(String[] args, JsonNode request) throws IOException {
    ObjectNode answer = Json.MAPPER.createObjectNode().put("id", request.path("id").asLong()).put("ok", true);
    switch (request.path("kind").asText()) {
      case "prepare" -> {
        answer.put("batchIntervalMs", 500).putObject("layout").put("sourcePartitions", 1);
        answer.putArray("parts").addObject().putNull("topic").put("partitions", 1);
      }
      case "open" ->
          answer.putArray("positions").addObject().put("part", 0).put("partition", 0).putNull("committedOffset")
              .put("endOffset", -1);
      case "run" -> {
        runs++;
        if (args[0].equals("refuses") && runs > 1) return refusal(answer, false);
        // The file tells the next process that this one has had its turn.
        if (args[0].equals("dies-once") && runs == 3 && new File(args[1]).delete()) System.exit(1);
        if (args[0].equals("passing") && runs % 2 == 0) return refusal(answer, true);
        run(args, request, answer);
      }
      default -> answer.put("workerId", ID).set("echo", request);
    }
    return answer;
  }

  private static ObjectNode refusal(ObjectNode answer, boolean retryable) {
    answer.put("ok", false).putObject("error").put("code", "FAKE").put("message", "no").put("retryable", retryable);
    return answer;
  }

  private static void run(String[] args, JsonNode request, ObjectNode answer) {
    ArrayNode tasks = answer.putArray("tasks");
    for (JsonNode range : request.path("ranges")) {
      tasks.addObject().put("part", range.path("part").asInt()).put("partition", range.path("partition").asInt())
          .put("topic", "").put("committedOffset", runs).put("endOffset", runs).put("lag", 0).put("stalledMs", 0);
    }
    answer.put("isFinished", args[0].equals("finishes") && runs >= 3);
    ObjectNode report = answer.putObject("report");
    report.put("workerId", ID).put("pid", ProcessHandle.current().pid()).put("rssMb", 1).put("cpuMs", runs)
        .put("recordsRead", runs).put("bytesRead", 10 * runs).put("recordsWritten", runs);
    report.putObject("stages").set("Stage_01", Json.MAPPER.valueToTree(
        new Protocol.StageCounters(runs, runs, Map.of("CODE", 1L), Map.of(), null)));
    report.set("events", Json.MAPPER.valueToTree(List.of()));
    if (request.has("snapshot")) {
      ObjectNode snapshot = report.putObject("snapshot").put("id", request.path("snapshot").path("id").asText());
      snapshot.putArray("records").addObject().put("stage", "Stage_01").put("direction", "input").put("part", 0)
          .put("partition", 0).put("text", "{}").put("isCut", false);
    }
  }
}
