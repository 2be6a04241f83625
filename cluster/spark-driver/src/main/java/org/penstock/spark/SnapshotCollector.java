package org.penstock.spark;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The snapshot somebody is waiting for: what to ask of the workers, and what they have caught so far. */
final class SnapshotCollector {
  /** Nobody waits longer; a service that cannot be heard any more must not keep the workers catching. */
  private static final long PATIENCE_MS = 30_000;

  private JsonNode request;
  private long heardAtMs;
  /** By worker: each tells all it has caught, again and again. */
  private final Map<String, Protocol.SnapshotResult> caught = new LinkedHashMap<>();

  /** The request as the service's last answer has it; null where nothing is wanted. */
  synchronized void wanted(JsonNode wanted, long nowMs) {
    heardAtMs = nowMs;
    if (wanted != null && request != null && idOf(wanted).equals(idOf(request))) return;
    request = wanted;
    caught.clear();
  }

  /** To be passed on to the workers; null where nothing is wanted. */
  synchronized JsonNode request(long nowMs) {
    if (request != null && nowMs - heardAtMs > PATIENCE_MS) wanted(null, nowMs);
    return request;
  }

  synchronized void hear(String workerId, Protocol.SnapshotResult result) {
    if (result == null || request == null || !result.id().equals(idOf(request))) return;
    caught.put(workerId, result);
  }

  /** Merged over the workers, cut to what was asked for; null where nothing is wanted. */
  synchronized Protocol.SnapshotResult result() {
    if (request == null) return null;
    int most = request.path("records").asInt(10);
    Map<String, Integer> taken = new HashMap<>();
    List<JsonNode> records = new ArrayList<>();
    for (Protocol.SnapshotResult result : caught.values()) {
      for (JsonNode each : result.records()) {
        String kind = each.path("direction").asText() + " " + each.path("stage").asText();
        if (taken.merge(kind, 1, Integer::sum) <= most) records.add(each);
      }
    }
    return new Protocol.SnapshotResult(idOf(request), records);
  }

  private static String idOf(JsonNode request) {
    return request.path("id").asText();
  }
}
