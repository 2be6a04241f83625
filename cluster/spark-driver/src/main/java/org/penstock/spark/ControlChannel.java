package org.penstock.spark;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's line to the control plane: heartbeats out, orders back. Any instance of the service will do; the file
 * with their addresses is read again whenever none of the known ones answers. Not used by several threads.
 */
final class ControlChannel {
  private static final Logger LOG = LoggerFactory.getLogger(ControlChannel.class);
  private static final int TIMEOUT_MS = 5000;
  private static final int MAX_ANSWER_BYTES = 1024 * 1024;
  private static final int MAX_ENDPOINTS_BYTES = 64 * 1024;

  /**
   * The service's own words for a run that is over, by status. A status alone says nothing: proxies, ingresses and
   * other programs on a port answer 404 as well.
   */
  private static final Map<Integer, String> RUN_ENDED = Map.of(404, "RUN_UNKNOWN", 410, "RUN_OVER");

  /** Said once, it may come of an instance that has the wrong database for a moment; said for so long, it is meant. */
  static final long CERTAIN_AFTER_MS = 30_000;

  private final RunSpec spec;
  private final LongSupplier nowMs;
  private List<String> urls;
  /** When the service first said that the run is over, if no instance has said anything else since. */
  private Long disownedSince;
  private boolean isSaidToBeOver;

  private record Endpoints(List<String> urls) {}

  ControlChannel(RunSpec spec) {
    this(spec, () -> System.nanoTime() / 1_000_000);
  }

  /** `nowMs`: a clock that only goes forward. */
  ControlChannel(RunSpec spec, LongSupplier nowMs) {
    this.spec = spec;
    this.nowMs = nowMs;
    this.urls = spec.control().urls() == null ? List.of() : spec.control().urls();
  }

  /**
   * The reply of the first instance that answers; null when none does. An order to exit where none does and the run was
   * said to be over, in the service's own words, at least twice and 30 s apart.
   */
  Heartbeat.Reply send(Heartbeat heartbeat) {
    isSaidToBeOver = false;
    Heartbeat.Reply reply = sendToAny(heartbeat);
    if (reply != null) {
      disownedSince = null;
      return reply;
    }
    if (!isSaidToBeOver) return null;
    long now = nowMs.getAsLong();
    if (disownedSince == null) disownedSince = now;
    return now - disownedSince < CERTAIN_AFTER_MS ? null : new Heartbeat.Reply("exit", spec.kafkaRate(), 1000, null);
  }

  private Heartbeat.Reply sendToAny(Heartbeat heartbeat) {
    byte[] body = Json.write(heartbeat).getBytes(StandardCharsets.UTF_8);
    Heartbeat.Reply reply = ask(urls, body);
    if (reply != null) return reply;
    List<String> others = new ArrayList<>(endpoints());
    others.removeAll(urls);
    if (others.isEmpty()) return null;
    List<String> tried = urls;
    urls = others;
    reply = ask(urls, body);
    // An empty or outdated file must not make us forget an instance that may come back.
    if (reply == null) tried.stream().filter(url -> !urls.contains(url)).limit(16).forEach(urls::add);
    return reply;
  }

  private Heartbeat.Reply ask(List<String> candidates, byte[] body) {
    for (String url : candidates) {
      Heartbeat.Reply reply = post(url, body);
      if (reply == null) continue;
      List<String> sorted = new ArrayList<>(candidates);
      sorted.remove(url);
      sorted.add(0, url);
      urls = sorted;
      return reply;
    }
    return null;
  }

  private Heartbeat.Reply post(String url, byte[] body) {
    try {
      String run = URLEncoder.encode(spec.runId(), StandardCharsets.UTF_8).replace("+", "%20");
      URI target = URI.create(url + "/internal/v1/runs/" + run + "/heartbeat");
      HttpURLConnection connection = (HttpURLConnection) target.toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MS);
      connection.setReadTimeout(TIMEOUT_MS);
      connection.setRequestMethod("POST");
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(body.length);
      connection.setRequestProperty("content-type", "application/json");
      connection.setRequestProperty("authorization", "Bearer " + spec.control().token());
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body);
      }
      return read(url, connection);
    } catch (IOException | RuntimeException unreachable) {
      // Nobody listens there, or not yet: the next instance, or the next heartbeat, may do better.
      LOG.debug("No answer from {}", url, unreachable);
      return null;
    }
  }

  private Heartbeat.Reply read(String url, HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    InputStream answer = status < 400 ? connection.getInputStream() : connection.getErrorStream();
    String text = answer == null ? "" : readAll(answer, MAX_ANSWER_BYTES);
    String word = RUN_ENDED.get(status);
    if (word != null && word.equals(codeOf(text))) {
      isSaidToBeOver = true;
      return null;
    }
    if (status == 200) return Json.read(text, Heartbeat.Reply.class);
    LOG.warn("{} refused a heartbeat with status {}: {}", url, status, text.substring(0, Math.min(500, text.length())));
    return null;
  }

  /** `code` of a problem body; null for an answer of something else. */
  private static String codeOf(String text) throws IOException {
    JsonNode problem = Json.MAPPER.readTree(text);
    return problem == null ? null : problem.path("code").asText(null);
  }

  private List<String> endpoints() {
    Path file = new Path(spec.control().endpointsFile());
    try (InputStream in = file.getFileSystem(new Configuration()).open(file)) {
      JsonNode given = Json.MAPPER.readTree(readAll(in, MAX_ENDPOINTS_BYTES));
      Endpoints endpoints = Json.read(given, Endpoints.class);
      return endpoints == null || endpoints.urls() == null ? List.of() : endpoints.urls();
    } catch (IOException | RuntimeException unreadable) {
      // Absent or half-written while a service starts: there is nobody to talk to just now.
      LOG.debug("The addresses in {} cannot be read", file, unreadable);
      return List.of();
    }
  }

  private static String readAll(InputStream in, int most) throws IOException {
    try (in) {
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) throw new IOException("More than " + most + " bytes");
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
