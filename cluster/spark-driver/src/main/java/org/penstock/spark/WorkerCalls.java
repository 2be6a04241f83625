package org.penstock.spark;

import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** Asks workers through Spark: one job, one task per request. Where a task runs and how often is Spark's affair. */
final class WorkerCalls {
  private static final ClassTag<SlotRequest> REQUEST = ClassTag$.MODULE$.apply(SlotRequest.class);

  private final SparkContext spark;
  private final Executors executors;

  /** `executorId`: where it should run; null where it does not matter. */
  record Call(String executorId, SlotRequest request) {}

  WorkerCalls(SparkContext spark, Executors executors) {
    this.spark = spark;
    this.executors = executors;
  }

  /** The answers in the order of the calls. Errors: whatever Spark throws when a task has no tries left. */
  List<Protocol.SlotAnswer> ask(List<Call> calls) {
    List<Tuple2<SlotRequest, Seq<String>>> placed =
        calls.stream().map(call -> new Tuple2<>(call.request(), seq(locations(call.executorId())))).toList();
    RDD<SlotRequest> requests = spark.makeRDD(seq(placed), REQUEST);
    List<Protocol.SlotAnswer> answers =
        JavaRDD.fromRDD(requests, REQUEST).map(new SlotTask()).collect().stream()
            .map(text -> Json.read(text, Protocol.SlotAnswer.class))
            .toList();
    answers.forEach(answer -> executors.hear(answer.executor(), null));
    return answers;
  }

  private List<String> locations(String executorId) {
    String location = executorId == null ? null : executors.locationOf(executorId);
    return location == null ? List.of() : List.of(location);
  }

  private static <T> Seq<T> seq(List<T> list) {
    return JavaConverters.asScalaBuffer(list).toList();
  }
}
