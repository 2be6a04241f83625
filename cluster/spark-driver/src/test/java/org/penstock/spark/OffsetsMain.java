package org.penstock.spark;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** Asks for the end of partition 0 of a topic with each of the run specifications; a line of JSON for each. */
final class OffsetsMain {
  private OffsetsMain() {}

  public static void main(String[] arguments) throws Exception {
    TopicPartition partition = new TopicPartition(arguments[0], 0);
    for (int i = 1; i < arguments.length; i++) {
      System.out.println(Json.write(answer(partition, RunSpec.read(Path.of(arguments[i])))));
    }
  }

  private static Map<String, Object> answer(TopicPartition partition, RunSpec spec) {
    try (TopicOffsets offsets = new TopicOffsets(KafkaClientSettings.of(spec))) {
      return Map.of("end", offsets.ends(Set.of(partition)).get(partition));
    } catch (RuntimeException error) {
      RunFailure failure = RunFailure.of(error);
      return Map.of("code", failure.code(), "message", failure.message(), "retryable", failure.retryable());
    }
  }
}
