package org.penstock.spark;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.penstock.spark.WorkerCalls.Call;

/** The workers as a whole: knows which of them has which task, and what is to be asked of each. */
final class Workers {
  private static final Comparator<Slot> SLOT_ORDER =
      Comparator.comparing(Slot::executorId).thenComparingInt(Slot::thread);

  private final RunState run;
  private final WorkerCalls calls;
  private final SlotAssignment assignment;
  /** Slots that had tasks in the last batch. */
  private Set<Slot> holders = Set.of();

  Workers(RunState run, WorkerCalls calls) {
    this.run = run;
    this.calls = calls;
    this.assignment = new SlotAssignment(run.spec.threads());
  }

  Map<String, Integer> load() {
    return assignment.load();
  }

  /** Asks any worker. Errors: `WorkerFailure`. */
  Protocol.PrepareAnswer prepare(boolean purge) {
    SlotRequest request = new SlotRequest(List.of(Json.write(new Protocol.PrepareRequest(purge, null))), false);
    Protocol.SlotAnswer answer = calls.ask("prepare", List.of(new Call(null, request))).get(0);
    run.standing.progress(progressOf(List.of(answer)));
    return answerOf(answer.answers().get(0), Protocol.PrepareAnswer.class);
  }

  /** Has tasks taken over by the slots they belong to; `all` are those there will be. Errors: `WorkerFailure`. */
  List<Protocol.TaskPosition> open(Collection<Place> opened, Inputs all) {
    Map<Slot, List<Place>> bySlot = new HashMap<>();
    Map<Place, Slot> slots = assignment.assign(all.places(), run.executors.live());
    opened.forEach(place -> bySlot.computeIfAbsent(slots.get(place), slot -> new ArrayList<>()).add(place));
    List<Call> asked = new ArrayList<>();
    bySlot.forEach((slot, places) -> {
      String body = Json.write(new Protocol.OpenRequest(slot.thread(), all.layout(), places));
      asked.add(new Call(slot.executorId(), new SlotRequest(List.of(body), false)));
    });
    List<Protocol.TaskPosition> positions = new ArrayList<>();
    List<Protocol.SlotAnswer> answers = calls.ask("open", asked);
    run.standing.progress(progressOf(answers));
    for (Protocol.SlotAnswer answer : answers) {
      positions.addAll(answerOf(answer.answers().get(0), Protocol.OpenAnswer.class).positions());
    }
    return positions;
  }

  /** What a batch brought. `prepared`: null where it was not asked for. */
  record BatchResult(boolean isFinished, JsonNode prepared) {}

  /**
   * Has every task process its range, and commits them. Every slot with tasks is asked, whether there is something to
   * read or not.
   *
   * @param prepare a request to be asked of one of the workers before its own; null for none
   * @param isRollCall whether executors without tasks are asked too
   */
  BatchResult process(Collection<Protocol.TaskRange> ranges, JsonNode layout, String prepare, boolean isRollCall) {
    List<String> live = run.executors.live();
    Map<Place, Slot> slots =
        assignment.assign(ranges.stream().map(range -> new Place(range.part(), range.partition())).toList(), live);
    Map<Slot, List<Protocol.TaskRange>> bySlot = new TreeMap<>(SLOT_ORDER);
    for (Protocol.TaskRange range : ranges) {
      Slot slot = slots.get(new Place(range.part(), range.partition()));
      bySlot.computeIfAbsent(slot, none -> new ArrayList<>()).add(range);
    }
    Set<Slot> emptied = new HashSet<>(holders);
    if (isRollCall) live.forEach(executor -> emptied.add(new Slot(executor, 0)));
    // A slot that has lost all its tasks is told so once: it lets go of them.
    emptied.removeIf(slot -> !live.contains(slot.executorId()));
    emptied.forEach(slot -> bySlot.putIfAbsent(slot, List.of()));
    List<Slot> asked = List.copyOf(bySlot.keySet());
    List<Call> requests = new ArrayList<>();
    JsonNode snapshot = run.snapshot.request(System.currentTimeMillis());
    for (Slot slot : asked) {
      String body =
          Json.write(
              new Protocol.RunRequest(slot.thread(), layout, run.kafkaRate(), bySlot.get(slot), snapshot));
      boolean isFirst = requests.isEmpty();
      List<String> bodies = isFirst && prepare != null ? List.of(prepare, body) : List.of(body);
      requests.add(new Call(slot.executorId(), new SlotRequest(bodies, true)));
    }
    List<Protocol.SlotAnswer> answers = calls.ask("batch", requests);
    holders = new HashSet<>(slots.values());
    boolean isFinished = false;
    for (int index = 0; index < answers.size(); index++) {
      Protocol.SlotAnswer answer = answers.get(index);
      Protocol.RunAnswer done = answerOf(answer.answers().get(answer.answers().size() - 1), Protocol.RunAnswer.class);
      isFinished |= done.isFinished();
      hear(answer.executor(), asked.get(index), done);
    }
    return new BatchResult(isFinished, prepare == null ? null : answers.get(0).answers().get(0));
  }

  private void hear(Protocol.ExecutorFigures executor, Slot meant, Protocol.RunAnswer done) {
    long nowMs = System.currentTimeMillis();
    Slot ranAt = new Slot(executor.executorId(), meant.thread());
    for (Protocol.TaskProgress task : done.tasks()) {
      Place place = new Place(task.part(), task.partition());
      run.tasks.committed(place, task.committedOffset(), nowMs);
      run.tasks.eventLag(place, task.eventLagMs(), nowMs);
      if (ranAt.equals(meant)) continue;
      assignment.moved(place, ranAt);
      holders.add(ranAt);
    }
    Protocol.WorkerReport report = done.report();
    run.counters.hear(report);
    run.executors.hear(executor, report);
    run.events.pass(report.events());
    run.snapshot.hear(report.workerId(), report.snapshot());
  }

  private static long progressOf(List<Protocol.SlotAnswer> answers) {
    return answers.stream().mapToLong(answer -> answer.answers().get(0).path("startProgress").asLong()).sum();
  }

  /** Errors: `WorkerFailure` where the worker refused. */
  static <T> T answerOf(JsonNode answer, Class<T> type) {
    if (!answer.path("ok").asBoolean()) throw new WorkerFailure(Json.read(answer.path("error"), RunFailure.class));
    return Json.read(answer, type);
  }
}
