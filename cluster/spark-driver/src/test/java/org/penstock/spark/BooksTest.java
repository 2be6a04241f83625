package org.penstock.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The small things that heartbeats are made of. */
class BooksTest {
  @Test
  void aTaskIsStalledFromTheBeginningOfItsBacklog() {
    TaskBoard board = new TaskBoard();
    Place place = new Place(0, 0);
    board.opened(place, "source", true, 10, 1000);
    assertEquals(0, board.progress(5000).get(0).stalledMs());
    board.end(place, 10, 5000);
    board.end(place, 30, 6000);
    board.end(place, 40, 8000);
    Protocol.TaskProgress waiting = board.progress(9000).get(0);
    assertEquals(new Protocol.TaskProgress(0, "source", 0, 10, 40, 30, 3000, null, null), waiting);
    board.committed(place, 20, 9000);
    assertEquals(500, board.progress(9500).get(0).stalledMs());
    assertEquals(20, board.committedOf(place));
  }

  @Test
  void eventTimeFallsBehindWhileThereIsSomethingToRead() {
    TaskBoard board = new TaskBoard();
    Place place = new Place(0, 0);
    board.opened(place, "source", true, 10, 1000);
    board.end(place, 10, 1000);
    assertNull(board.progress(5000).get(0).eventLagMs());
    board.eventLag(place, 300L, 5000);
    board.eventLag(place, null, 6000);
    assertEquals(300, board.progress(9000).get(0).eventLagMs());
    board.end(place, 30, 9000);
    assertEquals(4300, board.progress(9000).get(0).eventLagMs());
    board.eventLag(place, (1L << 53) - 1, 9000);
    assertEquals((1L << 53) - 1, board.progress(10_000).get(0).eventLagMs());
  }

  @Test
  void whatAnOpenTransactionHoldsBackCountsFromWhenTheEndStoodStill() {
    TaskBoard board = new TaskBoard();
    Place place = new Place(0, 0);
    board.opened(place, "source", true, 10, 1000);
    board.written(place, 50, 1000);
    assertNull(board.progress(1000).get(0).heldBack()); // the stable end is not known yet
    board.end(place, 10, 2000);
    board.written(place, 30, 2000);
    board.written(place, 40, 7000);
    assertEquals(new Protocol.HeldBack(30, 6000), board.progress(8000).get(0).heldBack());
    board.end(place, 35, 9000);
    board.written(place, 40, 9000);
    assertEquals(new Protocol.HeldBack(5, 1000), board.progress(10_000).get(0).heldBack());
    board.end(place, 40, 11_000);
    board.written(place, 40, 11_000);
    assertNull(board.progress(12_000).get(0).heldBack());
  }

  @Test
  void eventsStayUntilAcknowledgedAndAreNotMany() {
    EventLog log = new EventLog();
    log.info("A", "first");
    List<Protocol.RunEvent> sent = log.pending();
    Protocol.RunEvent same = sent.get(0);
    log.pass(List.of(new Protocol.RunEvent(same.at(), same.code(), same.message(), same.severity())));
    log.acknowledge(sent);
    assertEquals(1, log.pending().size());
    for (int each = 0; each < 500; each++) log.pass(List.of(new Protocol.RunEvent(each, "B", "", "info")));
    assertEquals(200, log.pending().size());
    assertEquals(499, log.pending().get(199).at());
  }

  @Test
  void aSnapshotIsMergedCutAndForgotten() {
    SnapshotCollector snapshots = new SnapshotCollector();
    JsonNode request = Json.read("{\"id\":\"s1\",\"records\":3}", JsonNode.class);
    assertNull(snapshots.request(0));
    assertNull(snapshots.result());
    snapshots.wanted(request, 0);
    assertEquals(request, snapshots.request(1000));
    Protocol.SnapshotResult caught = caught("s1", 2);
    snapshots.hear("w1", caught);
    snapshots.hear("w1", caught); // tells all it has again
    snapshots.hear("w2", caught("s1", 2));
    snapshots.hear("w3", caught("old", 2));
    assertEquals(3, snapshots.result().records().size());
    snapshots.wanted(Json.read("{\"id\":\"s1\",\"records\":3}", JsonNode.class), 2000);
    assertEquals(3, snapshots.result().records().size());
    assertNull(snapshots.request(40_000), "nobody has asked for it for a long time");
    assertNull(snapshots.result());
  }

  private static Protocol.SnapshotResult caught(String id, int count) {
    return new Protocol.SnapshotResult(
        id,
        IntStream.range(0, count)
            .mapToObj(each -> Json.read("{\"stage\":\"A\",\"direction\":\"input\"}", JsonNode.class))
            .toList());
  }

  @Test
  void theGateLetsTwoWaitAndNoneAfterItsClosing() throws InterruptedException {
    BatchGate gate = new BatchGate(1000);
    gate.cut();
    assertTrue(gate.hasRoom());
    gate.cut();
    assertFalse(gate.hasRoom());
    assertTrue(gate.begin(System.currentTimeMillis()));
    assertFalse(gate.awaitIdle(1));
    gate.end(true);
    assertTrue(gate.awaitIdle(1));
    assertTrue(gate.hasRoom());
    gate.close();
    assertFalse(gate.hasRoom());
    assertFalse(gate.begin(System.currentTimeMillis()));
    assertEquals(0, gate.report().waiting());
    assertEquals(1, gate.report().completed());
  }

  @Test
  void theApplicationIsKnownFromTheContainer() {
    assertEquals(
        new Application("application_1700000000000_0012", 3),
        Application.ofContainer("container_e17_1700000000000_0012_03_000001"));
    assertEquals(
        new Application("application_1700000000000_12345", 1),
        Application.ofContainer("container_1700000000000_12345_01_000001"));
    assertEquals(new Application("", 1), Application.ofContainer(null));
  }

  @Test
  void failuresAreToldInTheWordsOfWhoeverKnowsThem() {
    RunFailure known = RunFailure.lasting("STATE_PARTITIONS_CHANGED", "no");
    assertEquals(known, RunFailure.of(new RuntimeException("Job aborted", new WorkerFailure(known))));
    RunFailure unknown = RunFailure.of(new IllegalStateException("broken\n\tat somewhere"));
    assertEquals(RunFailure.passing("BATCH_FAILED", "IllegalStateException: broken"), unknown);
  }

  @Test
  void aFailureIsWrittenWithoutWhatItLacks() {
    assertEquals(
        "{\"code\":\"C\",\"message\":\"m\",\"retryable\":false}", Json.write(RunFailure.lasting("C", "m")));
    assertEquals(Map.of(), new WorkerCounters().totals().stages());
  }
}
