package org.penstock.spark;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events that the service has not acknowledged yet; the oldest go when there are too many. */
final class EventLog {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
  private static final int MOST = 200;

  private final Deque<Protocol.RunEvent> events = new ArrayDeque<>();

  void info(String code, String message) {
    add("info", code, message);
    LOG.info("{}: {}", code, message);
  }

  void warning(String code, String message) {
    add("warning", code, message);
    LOG.warn("{}: {}", code, message);
  }

  void error(String code, String message) {
    add("error", code, message);
    LOG.error("{}: {}", code, message);
  }

  /** Events of a worker, which has logged them itself. */
  synchronized void pass(Collection<Protocol.RunEvent> given) {
    given.forEach(this::keep);
  }

  synchronized List<Protocol.RunEvent> pending() {
    return List.copyOf(events);
  }

  synchronized void acknowledge(Collection<Protocol.RunEvent> sent) {
    // By identity: two equal events are two.
    events.removeIf(event -> sent.stream().anyMatch(other -> other == event));
  }

  private synchronized void add(String severity, String code, String message) {
    keep(new Protocol.RunEvent(System.currentTimeMillis(), code, message, severity));
  }

  private void keep(Protocol.RunEvent event) {
    events.addLast(event);
    if (events.size() > MOST) events.removeFirst();
  }
}
