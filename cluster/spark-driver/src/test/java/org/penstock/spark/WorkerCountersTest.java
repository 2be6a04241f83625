package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkerCountersTest {
  private static Protocol.WorkerReport report(String worker, long cpuMs, long records) {
    Protocol.StageCounters stage =
        new Protocol.StageCounters(records, records, Map.of("E", records), Map.of("late", 1L),
            Map.of("pages", Map.of("hits", records)));
    Map<String, Protocol.StageWork> stages =
        Map.of("A_01", new Protocol.StageWork(2 * records, Map.of("S_01", records)));
    Map<String, Protocol.PartWork> work = Map.of("1", new Protocol.PartWork(cpuMs, 1, 2, 3, records, stages));
    return new Protocol.WorkerReport(
        worker, 1, 1, cpuMs, records, 10 * records, records, Map.of("A_01", stage), work, List.of(), null);
  }

  @Test
  void aDeadWorkersLastWordGoesOnCounting() {
    WorkerCounters counters = new WorkerCounters();
    counters.hear(report("a", 10, 100));
    counters.hear(report("b", 10, 50));
    long generation = counters.generation();
    counters.hear(report("b", 20, 70));
    assertEquals(generation, counters.generation());
    counters.hear(report("c", 1, 5));
    assertNotEquals(generation, counters.generation());
    assertEquals(175, counters.recordsRead());
    WorkerCounters.Totals totals = counters.totals();
    assertEquals(1750, totals.bytesRead());
    assertEquals(
        new Protocol.StageCounters(175, 175, Map.of("E", 175L), Map.of("late", 3L),
            Map.of("pages", Map.of("hits", 175L))), totals.stages().get("A_01"));
    Map<String, Protocol.StageWork> stages = Map.of("A_01", new Protocol.StageWork(350, Map.of("S_01", 175L)));
    assertEquals(Map.of("1", new Protocol.PartWork(31, 3, 6, 9, 175, stages)), totals.work());
  }

  @Test
  void howTimeIsSpentIsNotKnownWhereAWorkerDoesNotSay() {
    WorkerCounters counters = new WorkerCounters();
    counters.hear(report("a", 10, 100));
    Protocol.WorkerReport older = report("b", 10, 50);
    counters.hear(
        new Protocol.WorkerReport(
            "b", 1, 1, 10, 50, 500, 50, older.stages(), null, List.of(), null));
    assertNull(counters.totals().work());
    assertEquals(150, counters.totals().recordsRead());
  }

  @Test
  void anOlderAnswerDoesNotCountBack() {
    WorkerCounters counters = new WorkerCounters();
    counters.hear(report("a", 20, 70));
    counters.hear(report("a", 10, 50));
    assertEquals(70, counters.recordsRead());
  }

  @Test
  void keepsTheSumHoweverManyWorkersThereWere() {
    WorkerCounters counters = new WorkerCounters();
    for (int each = 0; each < 2000; each++) {
      counters.hear(report("lasting", each, 1));
      counters.hear(report("w" + each, 1, 3));
    }
    assertEquals(6001, counters.recordsRead());
    assertEquals(6001, counters.totals().stages().get("A_01").input());
  }
}
