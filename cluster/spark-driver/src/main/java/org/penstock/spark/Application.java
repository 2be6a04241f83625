package org.penstock.spark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkContext;

/** The application's name in YARN, and which attempt at it this is. */
record Application(String id, int attempt) {
  private static final Pattern CONTAINER = Pattern.compile("container_(?:e\\d+_)?(\\d+)_(\\d+)_(\\d+)_\\d+");

  /** From `CONTAINER_ID`, which YARN sets in every container: known before Spark is. */
  static Application ofContainer(String containerId) {
    Matcher parts = CONTAINER.matcher(containerId == null ? "" : containerId);
    if (!parts.matches()) return new Application("", 1);
    return new Application(
        "application_" + parts.group(1) + "_" + parts.group(2), Integer.parseInt(parts.group(3)));
  }

  /** As Spark knows it; what it does not know stays as it was. */
  Application refined(SparkContext spark) {
    String said = spark.applicationAttemptId().isDefined() ? spark.applicationAttemptId().get() : "";
    return new Application(spark.applicationId(), said.matches("\\d+") ? Integer.parseInt(said) : attempt);
  }
}
