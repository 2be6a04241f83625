package org.penstock.spark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How an executor starts its worker: from the files that YARN has put into the container's working directory. */
record WorkerCommand(List<String> words, Map<String, String> environment) {
  /** Share of the worker's memory for JavaScript's heap; the rest is for buffers and Node itself. */
  private static final double HEAP_SHARE = 0.6;

  private static final int LEAST_HEAP_MB = 64;

  /** What the worker sees of the executor's environment: nothing that could hold a secret. */
  private static final List<String> PASSED_ON =
      List.of("PATH", "HOME", "TZ", "LANG", "LC_ALL", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE");

  static WorkerCommand inContainer() throws IOException {
    RunSpec spec = RunSpec.read(Path.of("run.json"));
    int heapMb = Math.max(LEAST_HEAP_MB, (int) (HEAP_SHARE * spec.memoryMb()));
    return new WorkerCommand(
        List.of(
            "./node/bin/node",
            // The sandbox of scripts needs a Node started without its snapshot.
            "--no-node-snapshot",
            "--max-old-space-size=" + heapMb,
            "./engine/range-main.js",
            "./run.json"),
        Map.of("TMPDIR", new File(System.getProperty("java.io.tmpdir")).getAbsolutePath()));
  }

  Process start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().putAll(passedOn(System.getenv()));
    builder.environment().putAll(environment);
    return builder.start();
  }

  static Map<String, String> passedOn(Map<String, String> own) {
    Map<String, String> some = new HashMap<>(own);
    some.keySet().retainAll(PASSED_ON);
    return some;
  }
}
