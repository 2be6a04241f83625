package org.penstock.spark;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Asks Kafka how far partitions reach. One thread at a time. */
final class TopicOffsets implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;

  TopicOffsets(Map<String, Object> settings) {
    consumer = new KafkaConsumer<>(settings);
  }

  /** Last stable offsets: what a reader of committed records could reach, so that no range ends beyond it. */
  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
    return partitions.isEmpty() ? Map.of() : consumer.endOffsets(partitions);
  }

  /** First offsets that still exist. */
  Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions) {
    return partitions.isEmpty() ? Map.of() : consumer.beginningOffsets(partitions);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
