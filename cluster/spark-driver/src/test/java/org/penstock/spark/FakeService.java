package org.penstock.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The service's end of heartbeats, over real HTTP. */
final class FakeService implements AutoCloseable {
  private final HttpServer server;
  final BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
  volatile int status = 200;
  volatile String reply = reply("run", 100);
  volatile String authorization;
  volatile String path;

  FakeService() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  static String reply(String desired, long rate) {
    return "{\"desired\":\"" + desired + "\",\"kafkaRate\":" + rate + ",\"intervalMs\":100}";
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      authorization = exchange.getRequestHeaders().getFirst("authorization");
      path = exchange.getRequestURI().getRawPath();
      JsonNode heartbeat = Json.MAPPER.readTree(exchange.getRequestBody());
      byte[] body = reply.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
      heard.add(heartbeat);
    }
  }

  /** The first heartbeat from here on that is as wanted. */
  JsonNode await(Predicate<JsonNode> wanted) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < until) {
      JsonNode next = heard.poll(1, TimeUnit.SECONDS);
      if (next != null && wanted.test(next)) return next;
    }
    throw new AssertionError("No heartbeat as wanted within a minute");
  }

  /** Nobody listens any more. */
  void goAway() {
    server.stop(0);
  }

  @Override
  public void close() {
    goAway();
  }
}
