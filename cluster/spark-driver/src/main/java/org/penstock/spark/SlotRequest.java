package org.penstock.spark;

import java.io.Serializable;
import java.util.List;

/**
 * What one Spark task asks of the worker beside its executor.
 *
 * @param bodies requests of the worker's protocol, without `id`; asked one after the other, the last one counts
 * @param isRetried whether Spark is to try again what may help to try again; else the refusal is the answer
 */
record SlotRequest(List<String> bodies, boolean isRetried) implements Serializable {}
