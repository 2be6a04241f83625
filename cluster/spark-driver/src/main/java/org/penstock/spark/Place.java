package org.penstock.spark;

import java.util.Comparator;

/** A task by its place: which part of the plan, which partition of that part's input. */
record Place(int part, int partition) implements Comparable<Place> {
  private static final Comparator<Place> ORDER =
      Comparator.comparingInt(Place::part).thenComparingInt(Place::partition);

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }
}
