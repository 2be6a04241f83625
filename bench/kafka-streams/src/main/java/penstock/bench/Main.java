package penstock.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/** Runs one program over a topic to its end: {@code Main WORKLOAD BOOTSTRAP INPUT OUTPUT APPLICATION_ID GUARANTEE STATE_DIR}. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 7) {
      throw new IllegalArgumentException("WORKLOAD BOOTSTRAP INPUT OUTPUT APPLICATION_ID GUARANTEE STATE_DIR expected");
    }
    String input = arguments[2];
    String applicationId = arguments[4];
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[1]);
    settings.put(
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
        arguments[5].equals("exactly-once") ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, arguments[6]);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    // As the worker: one transaction a second.
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1000);
    // Room for every asset-point, so that the cache is emptied by commits alone.
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");

    StreamsBuilder builder = new StreamsBuilder();
    Workloads.build(builder, arguments[0], input, arguments[3]);
    try (KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[1]))) {
      streams.setUncaughtExceptionHandler(error -> {
        error.printStackTrace();
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
      });
      streams.start();
      Map<TopicPartition, Long> ends = endsOf(admin, input);
      while (!isDone(admin, applicationId, ends)) {
        if (streams.state() == KafkaStreams.State.ERROR) System.exit(1);
        TimeUnit.MILLISECONDS.sleep(250);
      }
      streams.close(Duration.ofSeconds(30));
    }
  }

  private static Map<TopicPartition, Long> endsOf(Admin admin, String topic) throws Exception {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (var partition : admin.describeTopics(java.util.List.of(topic)).allTopicNames().get().get(topic).partitions()) {
      asked.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    admin.listOffsets(asked).all().get().forEach((partition, info) -> ends.put(partition, info.offset()));
    return ends;
  }

  private static boolean isDone(Admin admin, String group, Map<TopicPartition, Long> ends) throws Exception {
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    return ends.entrySet().stream().allMatch(end -> {
      OffsetAndMetadata offset = committed.get(end.getKey());
      return offset != null && offset.offset() >= end.getValue();
    });
  }
}
