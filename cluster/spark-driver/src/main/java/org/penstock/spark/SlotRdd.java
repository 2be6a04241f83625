package org.penstock.spark;

import java.util.List;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.collection.Iterator$;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.collection.immutable.Nil$;
import scala.reflect.ClassTag$;

/**
 * What Spark's tasks are made of: each partition is a request to one worker, its only element the answer. Written out
 * rather than built of Spark's own RDDs and closures, since this is done anew for every batch, and making and cleaning
 * those took more time than all the rest.
 */
final class SlotRdd extends RDD<String> {
  /** Stays with the driver; each task gets its own one. */
  private final transient List<SlotPartition> slots;

  /** `locations`: where Spark should run it, in its own way of writing; none where it does not matter. */
  record SlotPartition(int index, SlotRequest request, List<String> locations) implements Partition {}

  SlotRdd(SparkContext spark, List<SlotPartition> slots) {
    super(spark, none(), ClassTag$.MODULE$.apply(String.class));
    this.slots = slots;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <T> Seq<T> none() {
    return (Seq) Nil$.MODULE$;
  }

  @Override
  public Partition[] getPartitions() {
    return slots.toArray(Partition[]::new);
  }

  @Override
  public Seq<String> getPreferredLocations(Partition slot) {
    return JavaConverters.asScalaBuffer(((SlotPartition) slot).locations()).toList();
  }

  @Override
  public Iterator<String> compute(Partition slot, TaskContext context) {
    return Iterator$.MODULE$.single(SlotTask.answer(((SlotPartition) slot).request(), context.attemptNumber()));
  }
}
