package org.penstock.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the driver reads of the run specification (`run-specification.ts` of the model, `./run.json` in every
 * container). `protocol`: the version of the messages; null means the first.
 */
record RunSpec(Integer protocol, String runId, String pipelineId, Kafka kafka, int threads, int memoryMb, long kafkaRate,
    Control control, Cluster cluster) {

  /** `PROTOCOL_VERSION` of the model. */
  static final int PROTOCOL_VERSION = 1;

  record Kafka(String bootstrapServers, Sasl sasl, Tls tls) {}

  record Sasl(String mechanism, String username, String password) {}

  /** PEM texts. `rejectUnauthorized` absent means true. */
  record Tls(String ca, String cert, String key, Boolean rejectUnauthorized) {}

  /** `endpointsFile`: a URI of one of Hadoop's file systems. */
  record Control(String endpointsFile, String token, List<String> urls) {}

  record Cluster(String tag, int executors) {}

  /** Errors: `IllegalArgumentException` naming what is wrong with the file. */
  static RunSpec read(Path file) throws IOException {
    RunSpec spec = Json.read(Files.readString(file), RunSpec.class);
    if (spec.protocol != null && spec.protocol > PROTOCOL_VERSION) {
      throw new IllegalArgumentException(
          file + " is of version " + spec.protocol + ", this driver knows version " + PROTOCOL_VERSION
              + ": it was written by a newer version of Penstock.");
    }
    if (spec.runId == null || spec.kafka == null || spec.control == null || spec.cluster == null || spec.threads < 1) {
      throw new IllegalArgumentException(
          file + " is no run specification of Cluster Mode: it needs runId, kafka, control, cluster and threads.");
    }
    return spec;
  }
}
