package org.penstock.spark;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker beside this executor, in a process of its own: the Java side of
 * `packages/model/src/messages/range-protocol.ts`. Several task threads ask at the same time. When the process ends, what was
 * asked of it fails in a way that may be tried again, and the next request goes to a new one.
 */
final class WorkerProcess {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);
  private static final Logger WORKER_LOG = LoggerFactory.getLogger("penstock.worker");
  private static final long ANSWER_TIMEOUT_MS = 10 * 60_000;
  private static final long EXIT_TIMEOUT_MS = 2000;
  private static final int MAX_LOG_LINE = 16_384;

  private static WorkerProcess current;
  private static WorkerCommand command;

  private final Process process;
  private final OutputStream input;
  private final long answerTimeoutMs;
  private final AtomicLong lastId = new AtomicLong();
  private final Map<Long, CompletableFuture<Answer>> asked = new ConcurrentHashMap<>();
  private volatile String end;

  /** `text`: the answer as it came. `error`: null where it is no refusal. */
  record Answer(String text, RunFailure error) {}

  private WorkerProcess(Process process, long answerTimeoutMs) {
    this.process = process;
    this.input = process.getOutputStream();
    this.answerTimeoutMs = answerTimeoutMs;
  }

  /** This executor's worker; started when there is none. Errors: `WorkerFailure`, retryable. */
  static synchronized WorkerProcess get() {
    if (current != null && current.end == null) return current;
    try {
      if (command == null) use(WorkerCommand.inContainer());
      current = start(command, ANSWER_TIMEOUT_MS);
      return current;
    } catch (IOException | IllegalArgumentException error) {
      throw new WorkerFailure(
          RunFailure.passing("WORKER_START_FAILED", "The worker cannot be started: " + error.getMessage()));
    }
  }

  /** Workers are started this way from now on. */
  static synchronized void use(WorkerCommand given) {
    if (command == null) {
      Runtime.getRuntime().addShutdownHook(new Thread(WorkerProcess::killCurrent, "penstock-worker-end"));
    }
    command = given;
  }

  static synchronized void killCurrent() {
    if (current != null) current.kill();
  }

  static WorkerProcess start(WorkerCommand command, long answerTimeoutMs) throws IOException {
    WorkerProcess worker = new WorkerProcess(command.start(), answerTimeoutMs);
    worker.thread("answers", worker::readAnswers);
    worker.thread("log", worker::readLog);
    LOG.info("Worker process {} started", worker.process.pid());
    return worker;
  }

  /**
   * Asks and waits for the answer, a refusal included. `request`: a JSON object without `id`. Errors: `WorkerFailure`,
   * retryable, when the worker does not live to answer.
   */
  Answer request(String request) throws InterruptedException {
    long id = lastId.incrementAndGet();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    asked.put(id, answer);
    try {
      send("{\"id\":" + id + "," + request.substring(1));
      // Who ended it has looked for futures before or after ours was there: then we look ourselves.
      if (end != null) answer.completeExceptionally(gone());
      return answer.get(answerTimeoutMs, TimeUnit.MILLISECONDS);
    } catch (ExecutionException error) {
      throw new WorkerFailure(((WorkerFailure) error.getCause()).failure());
    } catch (TimeoutException silent) {
      // What it holds is unknown. Its successor fences it, so that it cannot commit any more.
      process.destroyForcibly();
      throw new WorkerFailure(
          RunFailure.passing(
              "WORKER_SILENT",
              "Worker process " + process.pid() + " has not answered for " + answerTimeoutMs / 1000 + " s."));
    } finally {
      asked.remove(id);
    }
  }

  void kill() {
    process.destroyForcibly();
  }

  /** Whether it has ended, or does so soon. */
  boolean awaitEnd() throws InterruptedException {
    return process.waitFor(EXIT_TIMEOUT_MS, TimeUnit.MILLISECONDS);
  }

  private void send(String request) {
    byte[] message = request.getBytes(StandardCharsets.UTF_8);
    try {
      synchronized (input) {
        Frames.write(input, message);
      }
    } catch (IOException broken) {
      process.destroyForcibly();
      throw new WorkerFailure(
          RunFailure.passing(
              "WORKER_GONE", "Worker process " + process.pid() + " takes no requests: " + broken.getMessage()));
    }
  }

  private void readAnswers() {
    String reason = "it closed its output";
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(process.getInputStream(), 65_536))) {
      for (byte[] message = Frames.read(in); message != null; message = Frames.read(in)) {
        take(new String(message, StandardCharsets.UTF_8));
      }
    } catch (IOException | RuntimeException error) {
      reason = "its answers cannot be read: " + error.getMessage();
    }
    end = endedBecause(reason);
    LOG.warn("Worker process {} is gone: {}", process.pid(), end);
    asked.values().forEach(waiting -> waiting.completeExceptionally(gone()));
  }

  private void take(String text) throws IOException {
    JsonNode answer = Json.MAPPER.readTree(text);
    CompletableFuture<Answer> waiting = asked.get(answer.path("id").asLong(-1));
    if (waiting == null) return; // whoever asked has given up
    RunFailure error = answer.path("ok").asBoolean() ? null : Json.read(answer.path("error"), RunFailure.class);
    waiting.complete(new Answer(text, error));
  }

  private String endedBecause(String reason) {
    try {
      // A process that has ended tells more than the stream that broke with it.
      if (!process.waitFor(EXIT_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        return reason;
      }
      return "it ended with exit code " + process.exitValue();
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return reason;
    }
  }

  private WorkerFailure gone() {
    return new WorkerFailure(
        RunFailure.passing("WORKER_GONE", "Worker process " + process.pid() + " is gone: " + end + "."));
  }

  /** Its console, line by line; long lines in pieces. */
  private void readLog() {
    try (BufferedReader log =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      StringBuilder line = new StringBuilder();
      for (int next = log.read(); next >= 0; next = log.read()) {
        if (next != '\n') line.append((char) next);
        if (next != '\n' && line.length() < MAX_LOG_LINE) continue;
        WORKER_LOG.info("{}", line);
        line.setLength(0);
      }
      if (!line.isEmpty()) WORKER_LOG.info("{}", line);
    } catch (IOException closed) {
      LOG.debug("The log of worker process {} has ended", process.pid(), closed);
    }
  }

  private void thread(String name, Runnable work) {
    Thread thread = new Thread(work, "penstock-worker-" + name);
    thread.setDaemon(true);
    thread.start();
  }
}
