package org.penstock.spark;

/** A request that a worker refused or did not live to answer. Thrown in a Spark task, it makes Spark try again. */
public final class WorkerFailure extends RuntimeException {
  private final RunFailure failure;

  WorkerFailure(RunFailure failure) {
    super(failure.code() + ": " + failure.message());
    this.failure = failure;
  }

  RunFailure failure() {
    return failure;
  }
}
