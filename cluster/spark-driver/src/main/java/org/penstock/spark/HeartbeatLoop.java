package org.penstock.spark;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the service how the run is doing, on a thread of its own, and does what it answers. */
final class HeartbeatLoop {
  private static final Logger LOG = LoggerFactory.getLogger(HeartbeatLoop.class);
  private static final long FIRST_INTERVAL_MS = 1000;
  private static final long SHORTEST_INTERVAL_MS = 100;
  private static final long FAREWELL_INTERVAL_MS = 500;

  private final RunState run;
  private final ControlChannel channel;
  private final Thread thread = new Thread(this::beatForEver, "penstock-heartbeat");
  private long sequence;
  private long intervalMs = FIRST_INTERVAL_MS;
  private boolean isNudged;
  private RunPhase acknowledged;

  HeartbeatLoop(RunState run, ControlChannel channel) {
    this.run = run;
    this.channel = channel;
    thread.setDaemon(true);
    run.onPhase(this::nudge);
  }

  void start() {
    thread.start();
  }

  /** Waits until the service has heard of the phase the run is in now. False when nobody listened. */
  synchronized boolean farewell(long timeoutMs) throws InterruptedException {
    intervalMs = FAREWELL_INTERVAL_MS;
    nudge();
    long until = System.nanoTime() + timeoutMs * 1_000_000;
    while (acknowledged != run.phase()) {
      long leftMs = (until - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) return false;
      wait(leftMs);
    }
    return true;
  }

  void stop() {
    thread.interrupt();
  }

  private synchronized void nudge() {
    isNudged = true;
    notifyAll();
  }

  private void beatForEver() {
    try {
      while (!Thread.interrupted()) {
        try {
          beat();
        } catch (RuntimeException bug) {
          // The batches must not end because nobody can be told of them.
          LOG.error("A heartbeat failed", bug);
        }
        pause();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void pause() throws InterruptedException {
    long until = System.nanoTime() + intervalMs * 1_000_000;
    while (!isNudged) {
      long leftMs = (until - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) break;
      wait(leftMs);
    }
    isNudged = false;
  }

  private void beat() {
    Heartbeat heartbeat = run.heartbeat(++sequence);
    Heartbeat.Reply reply = channel.send(heartbeat);
    if (reply == null) return;
    run.events.acknowledge(heartbeat.events());
    synchronized (this) {
      acknowledged = heartbeat.phase();
      if (run.isWorking()) intervalMs = Math.max(SHORTEST_INTERVAL_MS, reply.intervalMs());
      notifyAll();
    }
    obey(reply);
  }

  private void obey(Heartbeat.Reply reply) {
    if ("exit".equals(reply.desired())) {
      run.end(new Ending.Dismissed());
      return;
    }
    run.kafkaRate(reply.kafkaRate());
    run.snapshot.wanted(reply.snapshot(), System.currentTimeMillis());
    boolean isPause = "pause".equals(reply.desired());
    if (isPause || "stop".equals(reply.desired())) run.end(new Ending.Drained(isPause));
  }
}
