package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlotAssignmentTest {
  private static List<Place> places(int parts, int partitions) {
    return IntStream.range(0, parts)
        .boxed()
        .flatMap(part -> IntStream.range(0, partitions).mapToObj(partition -> new Place(part, partition)))
        .toList();
  }

  private static long moves(Map<Place, Slot> before, Map<Place, Slot> after) {
    return before.entrySet().stream().filter(each -> !each.getValue().equals(after.get(each.getKey()))).count();
  }

  private static void assertEven(Map<Place, Slot> slots, List<String> executors, int threads) {
    Map<String, Long> byExecutor = count(slots, Slot::executorId);
    Map<Slot, Long> bySlot = count(slots, slot -> slot);
    assertSpread(executors.stream().map(each -> byExecutor.getOrDefault(each, 0L)).toList());
    for (String executor : executors) {
      assertSpread(
          IntStream.range(0, threads).mapToObj(each -> bySlot.getOrDefault(new Slot(executor, each), 0L)).toList());
    }
  }

  private static <K> Map<K, Long> count(Map<Place, Slot> slots, java.util.function.Function<Slot, K> by) {
    return slots.values().stream().collect(Collectors.groupingBy(by, HashMap::new, Collectors.counting()));
  }

  private static void assertSpread(List<Long> loads) {
    long most = loads.stream().mapToLong(Long::longValue).max().orElseThrow();
    long least = loads.stream().mapToLong(Long::longValue).min().orElseThrow();
    assertTrue(most - least <= 1, loads.toString());
  }

  @Test
  void spreadsOverExecutorsFirstAndStaysThere() {
    SlotAssignment assignment = new SlotAssignment(2);
    Map<Place, Slot> first = assignment.assign(places(1, 2), List.of("1", "2"));
    assertEquals(2, first.values().stream().map(Slot::executorId).distinct().count());
    assertEquals(first, assignment.assign(places(1, 2), List.of("2", "1")));
  }

  @Test
  void tasksOfOnePartDoNotShareAThreadWhileAnotherIsFree() {
    Map<Place, Slot> slots = new SlotAssignment(2).assign(places(2, 4), List.of("1", "2"));
    for (Slot slot : slots.values()) {
      List<Integer> parts =
          slots.keySet().stream().filter(place -> slots.get(place).equals(slot)).map(Place::part).sorted().toList();
      assertEquals(List.of(0, 1), parts);
    }
  }

  @Test
  void aLostExecutorMovesOnlyItsOwnAndANewOneTakesOnlyItsShare() {
    SlotAssignment assignment = new SlotAssignment(2);
    Map<Place, Slot> whole = assignment.assign(places(1, 12), List.of("1", "2", "3"));
    Map<Place, Slot> less = assignment.assign(places(1, 12), List.of("1", "3"));
    assertEquals(4, moves(whole, less));
    Map<Place, Slot> more = assignment.assign(places(1, 12), List.of("1", "3", "4"));
    assertEquals(4, moves(less, more));
    assertEquals(Map.of("1", 4, "3", 4, "4", 4), assignment.load());
  }

  @Test
  void staysWhereItRan() {
    SlotAssignment assignment = new SlotAssignment(1);
    assignment.assign(places(1, 2), List.of("1", "2"));
    assignment.moved(new Place(0, 0), new Slot("2", 0));
    assignment.moved(new Place(0, 1), new Slot("1", 0));
    assertEquals(
        Map.of(new Place(0, 0), new Slot("2", 0), new Place(0, 1), new Slot("1", 0)),
        assignment.assign(places(1, 2), List.of("1", "2")));
  }

  @Test
  void isAlwaysEvenWhateverComesAndGoes() {
    Random random = new Random(99);
    for (int round = 0; round < 300; round++) {
      int threads = 1 + random.nextInt(4);
      SlotAssignment assignment = new SlotAssignment(threads);
      List<String> executors = new ArrayList<>(List.of("0"));
      int partitions = 1 + random.nextInt(20);
      int parts = 1 + random.nextInt(3);
      for (int step = 1; step < 12; step++) {
        if (random.nextBoolean()) executors.add(String.valueOf(step));
        else if (executors.size() > 1) executors.remove(random.nextInt(executors.size()));
        if (random.nextInt(5) == 0) partitions++;
        List<Place> places = places(parts, partitions);
        Map<Place, Slot> slots = assignment.assign(places, executors);
        assertEquals(places.size(), slots.size());
        assertEven(slots, executors, threads);
        assertEquals(slots, assignment.assign(places, executors), "nothing moves without a reason");
      }
    }
  }
}
