package org.penstock.spark;

import java.util.Map;

/** What heartbeats tell of the batches. */
interface Streaming {
  BatchGate gate();

  /** Tasks by executor. */
  Map<String, Integer> load();

  /** Upper bound by back pressure in records/s over the topics of sources; null where it is off or knows nothing yet. */
  Double backPressureRate();
}
