package org.penstock.spark;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Which slot has which task. A task stays where it is as long as it can, since its state is warm there: only as many
 * move as it takes to spread them evenly, first over executors, then over the threads of each.
 */
final class SlotAssignment {
  private final int threads;
  private Map<Place, Slot> slots = new TreeMap<>();

  /** `threads`: of each executor's worker. */
  SlotAssignment(int threads) {
    this.threads = threads;
  }

  /** Spreads tasks over executors (at least one), each in its order of the argument. */
  synchronized Map<Place, Slot> assign(Collection<Place> places, List<String> executors) {
    List<Place> sorted = places.stream().sorted().toList();
    Map<Place, String> atExecutor = new HashMap<>();
    slots.forEach((place, slot) -> atExecutor.put(place, slot.executorId()));
    Map<Place, String> toExecutor = spread(sorted, executors, atExecutor);
    List<Integer> threadNumbers = IntStream.range(0, threads).boxed().toList();
    Map<Place, Slot> assigned = new TreeMap<>();
    for (String executor : executors) {
      List<Place> own = sorted.stream().filter(place -> executor.equals(toExecutor.get(place))).toList();
      Map<Place, Integer> atThread = new HashMap<>();
      slots.forEach((place, slot) -> {
        if (slot.executorId().equals(executor)) atThread.put(place, slot.thread());
      });
      spread(own, threadNumbers, atThread).forEach((place, thread) -> assigned.put(place, new Slot(executor, thread)));
    }
    slots = assigned;
    return Map.copyOf(assigned);
  }

  /** A task ran somewhere else than it was meant to: there is its state now. */
  synchronized void moved(Place place, Slot to) {
    slots.put(place, to);
  }

  /** How many tasks belong to each executor. */
  synchronized Map<String, Integer> load() {
    Map<String, Integer> load = new HashMap<>();
    slots.values().forEach(slot -> load.merge(slot.executorId(), 1, Integer::sum));
    return load;
  }

  /** Every bin gets as many as the others, or one more; the fullest keep one more, so that the fewest move. */
  private <B> Map<Place, B> spread(List<Place> places, List<B> bins, Map<Place, B> at) {
    Map<B, List<Place>> kept = new HashMap<>();
    bins.forEach(bin -> kept.put(bin, new ArrayList<>()));
    List<Place> homeless = new ArrayList<>();
    for (Place place : places) {
      List<Place> home = kept.get(at.get(place));
      (home == null ? homeless : home).add(place);
    }
    Map<B, Integer> quota = new HashMap<>();
    List<B> fullestFirst =
        bins.stream().sorted(Comparator.comparingInt((B bin) -> -kept.get(bin).size())).toList();
    for (int index = 0; index < fullestFirst.size(); index++) {
      B bin = fullestFirst.get(index);
      int own = places.size() / bins.size() + (index < places.size() % bins.size() ? 1 : 0);
      quota.put(bin, own);
      List<Place> home = kept.get(bin);
      while (home.size() > own) homeless.add(home.remove(dispensable(home)));
    }
    homeless.sort(null);
    for (Place place : homeless) {
      bins.stream()
          .filter(bin -> kept.get(bin).size() < quota.get(bin))
          // Tasks of one part do the same work at the same time: rather not on the same thread.
          .min(Comparator.comparingLong((B bin) -> ofPart(kept.get(bin), place.part()))
              .thenComparingInt(bin -> kept.get(bin).size()))
          .ifPresent(bin -> kept.get(bin).add(place));
    }
    Map<Place, B> result = new HashMap<>();
    kept.forEach((bin, own) -> own.forEach(place -> result.put(place, bin)));
    return result;
  }

  /** Which of them to let go: from the fullest thread, else others would have to change threads for it. */
  private int dispensable(List<Place> places) {
    return IntStream.range(0, places.size())
        .boxed()
        .max(Comparator.comparingLong((Integer index) -> atSlot(places, slots.get(places.get(index))))
            .thenComparingLong(index -> ofPart(places, places.get(index).part())))
        .orElseThrow();
  }

  private long atSlot(List<Place> places, Slot slot) {
    return places.stream().filter(place -> slot.equals(slots.get(place))).count();
  }

  private static long ofPart(List<Place> places, int part) {
    return places.stream().filter(place -> place.part() == part).count();
  }
}
