package org.penstock.spark;

/** A task thread of the worker beside an executor. */
record Slot(String executorId, int thread) {}
