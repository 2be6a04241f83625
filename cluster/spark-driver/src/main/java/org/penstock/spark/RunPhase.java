package org.penstock.spark;

import com.fasterxml.jackson.annotation.JsonProperty;

/** `WorkerPhase` of the model. */
enum RunPhase {
  @JsonProperty("starting")
  STARTING,
  @JsonProperty("running")
  RUNNING,
  @JsonProperty("draining")
  DRAINING,
  @JsonProperty("stopped")
  STOPPED,
  @JsonProperty("failed")
  FAILED
}
