package org.penstock.spark;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Asks Kafka how far partitions reach. One thread at a time. */
final class TopicOffsets implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaConsumer<byte[], byte[]> uncommitted;

  TopicOffsets(Map<String, Object> settings) {
    consumer = new KafkaConsumer<>(settings);
    Map<String, Object> all = new HashMap<>(settings);
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    uncommitted = new KafkaConsumer<>(all);
  }

  /** Last stable offsets: what a reader of committed records could reach, so that no range ends beyond it. */
  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
    return partitions.isEmpty() ? Map.of() : consumer.endOffsets(partitions);
  }

  /** High watermarks: how far partitions are written, by transactions that are still open, too. */
  Map<TopicPartition, Long> written(Collection<TopicPartition> partitions) {
    return partitions.isEmpty() ? Map.of() : uncommitted.endOffsets(partitions);
  }

  /** First offsets that still exist. */
  Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions) {
    return partitions.isEmpty() ? Map.of() : consumer.beginningOffsets(partitions);
  }

  @Override
  public void close() {
    uncommitted.close();
    consumer.close();
  }
}
