package org.penstock.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.util.CallSite;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/** Asks workers through Spark: one job, one task per request. Where a task runs and how often is Spark's affair. */
final class WorkerCalls {
  private static final FirstOf FIRST = new FirstOf();

  private final SparkContext spark;
  private final Executors executors;

  /** `executorId`: where it should run; null where it does not matter. */
  record Call(String executorId, SlotRequest request) {}

  WorkerCalls(SparkContext spark, Executors executors) {
    this.spark = spark;
    this.executors = executors;
  }

  /**
   * The answers in the order of the calls. `what` names the job in Spark's web page. Errors: whatever Spark throws when
   * a task has no tries left.
   */
  List<Protocol.SlotAnswer> ask(String what, List<Call> calls) {
    List<SlotRdd.SlotPartition> slots = new ArrayList<>();
    for (Call call : calls) {
      slots.add(new SlotRdd.SlotPartition(slots.size(), call.request(), locations(call.executorId())));
    }
    String[] texts = new String[slots.size()];
    List<Object> indices = IntStream.range(0, texts.length).<Object>mapToObj(Integer::valueOf).toList();
    // As `SparkContext.runJob` does, less its search for closures to clean: there are none.
    spark.dagScheduler().runJob(
        new SlotRdd(spark, slots),
        FIRST,
        JavaConverters.asScalaBuffer(indices).toList(),
        new CallSite(what, what),
        new Into(texts),
        spark.getLocalProperties());
    List<Protocol.SlotAnswer> answers = new ArrayList<>();
    for (String text : texts) answers.add(Json.read(text, Protocol.SlotAnswer.class));
    answers.forEach(answer -> executors.hear(answer.executor(), null));
    return answers;
  }

  private List<String> locations(String executorId) {
    String location = executorId == null ? null : executors.locationOf(executorId);
    return location == null ? List.of() : List.of(location);
  }

  /** Runs in the executor, on what its partition holds. */
  private static final class FirstOf extends AbstractFunction2<TaskContext, Iterator<String>, String>
      implements Serializable {
    @Override
    public String apply(TaskContext context, Iterator<String> answers) {
      return answers.next();
    }
  }

  /** Runs in the driver, with each result as it comes. */
  private static final class Into extends AbstractFunction2<Object, String, BoxedUnit> {
    private final String[] texts;

    Into(String[] texts) {
      this.texts = texts;
    }

    @Override
    public BoxedUnit apply(Object index, String text) {
      texts[(Integer) index] = text;
      return BoxedUnit.UNIT;
    }
  }
}
