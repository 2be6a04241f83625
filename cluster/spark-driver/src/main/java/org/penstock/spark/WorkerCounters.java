package org.penstock.spark;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What all workers of the run have counted. Each counts from its own start, so that the last word of one that is dead
 * goes on counting.
 */
final class WorkerCounters {
  /** Silent longest first; those that fell off the end count as one. */
  private static final int MOST = 256;

  private final Map<String, Protocol.WorkerReport> last = new LinkedHashMap<>(16, 0.75f, true);
  private Totals gone = new Totals(0, 0, 0, Map.of(), Map.of());
  private long generation;

  /** `work` is null where a worker does not measure it: a part of it would be taken for all. */
  record Totals(long recordsRead, long bytesRead, long recordsWritten, Map<String, Protocol.StageCounters> stages,
      Map<String, Protocol.PartWork> work) {}

  synchronized void hear(Protocol.WorkerReport report) {
    Protocol.WorkerReport before = last.get(report.workerId());
    if (before == null) generation++;
    // Answers of one batch come in no order; but what they count only grows.
    if (before == null || isLater(report, before)) last.put(report.workerId(), report);
    if (last.size() > MOST) {
      Iterator<Protocol.WorkerReport> oldest = last.values().iterator();
      gone = plus(gone, oldest.next());
      oldest.remove();
    }
  }

  private static boolean isLater(Protocol.WorkerReport report, Protocol.WorkerReport before) {
    return report.cpuMs() >= before.cpuMs()
        && report.recordsRead() >= before.recordsRead()
        && report.recordsWritten() >= before.recordsWritten();
  }

  /** Changes with each new worker: what was counted before and after cannot be compared to the record then. */
  synchronized long generation() {
    return generation;
  }

  synchronized long recordsRead() {
    return gone.recordsRead + last.values().stream().mapToLong(Protocol.WorkerReport::recordsRead).sum();
  }

  synchronized Totals totals() {
    Totals totals = gone;
    for (Protocol.WorkerReport report : last.values()) totals = plus(totals, report);
    return totals;
  }

  private static Totals plus(Totals totals, Protocol.WorkerReport report) {
    Map<String, Protocol.StageCounters> stages = new TreeMap<>(totals.stages);
    report.stages().forEach((stage, counters) -> stages.merge(stage, counters, WorkerCounters::plus));
    return new Totals(
        totals.recordsRead + report.recordsRead(),
        totals.bytesRead + report.bytesRead(),
        totals.recordsWritten + report.recordsWritten(),
        stages,
        plusWork(totals.work, report.work()));
  }

  private static Protocol.StageCounters plus(Protocol.StageCounters one, Protocol.StageCounters other) {
    return new Protocol.StageCounters(
        one.input() + other.input(),
        one.output() + other.output(),
        plus(one.errors(), other.errors()),
        plus(one.dropped(), other.dropped()),
        plusLookUps(one.lookUps(), other.lookUps()));
  }

  private static Map<String, Map<String, Long>> plusLookUps(
      Map<String, Map<String, Long>> one, Map<String, Map<String, Long>> other) {
    if (one == null) return other;
    Map<String, Map<String, Long>> sum = new HashMap<>(one);
    if (other != null) other.forEach((name, counts) -> sum.merge(name, counts, WorkerCounters::plus));
    return sum;
  }

  private static Map<String, Protocol.PartWork> plusWork(
      Map<String, Protocol.PartWork> one, Map<String, Protocol.PartWork> other) {
    if (one == null || other == null) return null;
    Map<String, Protocol.PartWork> parts = new TreeMap<>(one);
    other.forEach((part, work) -> parts.merge(part, work, WorkerCounters::plus));
    return parts;
  }

  private static Protocol.PartWork plus(Protocol.PartWork one, Protocol.PartWork other) {
    Map<String, Protocol.StageWork> stages = new TreeMap<>(one.stages());
    other.stages().forEach((stage, work) -> stages.merge(stage, work, WorkerCounters::plus));
    return new Protocol.PartWork(
        one.openMs() + other.openMs(),
        one.idleMs() + other.idleMs(),
        one.rateMs() + other.rateMs(),
        one.commitMs() + other.commitMs(),
        one.commits() + other.commits(),
        stages);
  }

  private static Protocol.StageWork plus(Protocol.StageWork one, Protocol.StageWork other) {
    return new Protocol.StageWork(one.busyMs() + other.busyMs(), plus(one.from(), other.from()));
  }

  private static Map<String, Long> plus(Map<String, Long> one, Map<String, Long> other) {
    Map<String, Long> sum = new HashMap<>(one);
    other.forEach((name, count) -> sum.merge(name, count, Long::sum));
    return sum;
  }
}
