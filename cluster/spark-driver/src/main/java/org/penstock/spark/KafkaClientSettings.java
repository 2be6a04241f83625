package org.penstock.spark;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The run's way to Kafka in the words of the Java client: `KafkaSettings` of the model. */
final class KafkaClientSettings {
  private KafkaClientSettings() {}

  /** For a consumer that only asks for offsets: reads committed, no group membership, commits nothing. */
  static Map<String, Object> of(RunSpec spec) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, spec.kafka().bootstrapServers());
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "penstock-" + spec.pipelineId() + "-driver");
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
    settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 8000);
    String transport = spec.kafka().tls() == null ? "PLAINTEXT" : "SSL";
    settings.put("security.protocol", spec.kafka().sasl() == null ? transport : "SASL_" + transport);
    if (spec.kafka().sasl() != null) addSasl(settings, spec.kafka().sasl());
    if (spec.kafka().tls() != null) addTls(settings, spec.kafka().tls());
    return settings;
  }

  private static void addSasl(Map<String, Object> settings, RunSpec.Sasl sasl) {
    String module =
        "PLAIN".equals(sasl.mechanism())
            ? "org.apache.kafka.common.security.plain.PlainLoginModule"
            : "org.apache.kafka.common.security.scram.ScramLoginModule";
    settings.put("sasl.mechanism", sasl.mechanism());
    settings.put(
        "sasl.jaas.config",
        module + " required username=" + quoted(sasl.username()) + " password=" + quoted(sasl.password()) + ";");
  }

  private static void addTls(Map<String, Object> settings, RunSpec.Tls tls) {
    if (tls.ca() != null) {
      settings.put("ssl.truststore.type", "PEM");
      settings.put("ssl.truststore.certificates", tls.ca());
    }
    if (tls.cert() != null && tls.key() != null) {
      settings.put("ssl.keystore.type", "PEM");
      settings.put("ssl.keystore.certificate.chain", tls.cert());
      settings.put("ssl.keystore.key", PemKeys.asPkcs8(tls.key()));
    }
    if (Boolean.FALSE.equals(tls.rejectUnauthorized())) {
      settings.put("ssl.endpoint.identification.algorithm", "");
      settings.put("ssl.engine.factory.class", UnverifiedSslEngineFactory.class);
    }
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
