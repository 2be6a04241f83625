package org.penstock.spark;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where every task stands: what its worker committed, and how far its input reaches. */
final class TaskBoard {
  /** The service reads no larger number exactly. */
  private static final long MOST_MS = (1L << 53) - 1;

  private final Map<Place, Standing> standings = new TreeMap<>();

  private static final class Standing {
    final String topic;
    final boolean isOfSource;
    long committed;
    long end = -1;
    /** When the position last moved, or there was nothing to do. */
    long movedAtMs;
    /** What an open transaction keeps from us, and since when the end has not moved for it. */
    long heldBack;
    long heldBackSinceMs;
    long heldBackEnd = -1;
    /** How far event time lay behind when its worker last said; null: it never did. */
    Long eventLagMs;
    long eventLagAtMs;

    Standing(String topic, boolean isOfSource, long committed, long nowMs) {
      this.topic = topic;
      this.isOfSource = isOfSource;
      this.committed = committed;
      this.movedAtMs = nowMs;
    }

    long lag() {
      return end < 0 || committed < 0 ? 0 : Math.max(0, end - committed);
    }
  }

  /** `topic` is empty for a source that is no topic. */
  synchronized void opened(Place place, String topic, boolean isOfSource, long committed, long nowMs) {
    standings.putIfAbsent(place, new Standing(topic, isOfSource, committed, nowMs));
  }

  synchronized void committed(Place place, long offset, long nowMs) {
    Standing standing = standings.get(place);
    if (standing == null || offset == standing.committed) return;
    standing.committed = offset;
    standing.movedAtMs = nowMs;
  }

  /** -1 where not known. */
  synchronized long committedOf(Place place) {
    Standing standing = standings.get(place);
    return standing == null ? -1 : standing.committed;
  }

  synchronized void end(Place place, long offset, long nowMs) {
    Standing standing = standings.get(place);
    if (standing == null) return;
    // Beginning of a backlog: it has waited since now, however long there was nothing to do.
    if (standing.lag() == 0) standing.movedAtMs = nowMs;
    standing.end = offset;
  }

  /** `eventLagMs` is null where the worker does not know. */
  synchronized void eventLag(Place place, Long eventLagMs, long nowMs) {
    Standing standing = standings.get(place);
    if (standing == null || eventLagMs == null) return;
    standing.eventLagMs = eventLagMs;
    standing.eventLagAtMs = nowMs;
  }

  /** `highWatermark`: how far the partition is written, whoever may read it. */
  synchronized void written(Place place, long highWatermark, long nowMs) {
    Standing standing = standings.get(place);
    if (standing == null || standing.end < 0) return;
    standing.heldBack = Math.max(0, highWatermark - standing.end);
    if (standing.heldBack == 0) standing.heldBackEnd = -1;
    else if (standing.heldBackEnd != standing.end) {
      standing.heldBackEnd = standing.end;
      standing.heldBackSinceMs = nowMs;
    }
  }

  /** Records that repartition topics still hold for us. */
  synchronized long repartitionLag() {
    return standings.values().stream()
        .filter(standing -> !standing.isOfSource)
        .mapToLong(Standing::lag)
        .sum();
  }

  synchronized List<Protocol.TaskProgress> progress(long nowMs) {
    return standings.entrySet().stream().map(entry -> progress(entry.getKey(), entry.getValue(), nowMs)).toList();
  }

  private static Protocol.HeldBack heldBack(Standing standing, long nowMs) {
    return standing.heldBackEnd < 0
        ? null
        : new Protocol.HeldBack(standing.heldBack, Math.max(0, nowMs - standing.heldBackSinceMs));
  }

  /** It grows while there is something to read, and stays as it was where there is not. */
  private static Long eventLagMs(Standing standing, long nowMs) {
    if (standing.eventLagMs == null || standing.lag() == 0) return standing.eventLagMs;
    return Math.min(MOST_MS, standing.eventLagMs + Math.max(0, nowMs - standing.eventLagAtMs));
  }

  private static Protocol.TaskProgress progress(Place place, Standing standing, long nowMs) {
    long lag = standing.lag();
    long stalledMs = lag == 0 ? 0 : Math.max(0, nowMs - standing.movedAtMs);
    return new Protocol.TaskProgress(
        place.part(), standing.topic, place.partition(), standing.committed, standing.end, lag, stalledMs,
        eventLagMs(standing, nowMs), heldBack(standing, nowMs));
  }
}
