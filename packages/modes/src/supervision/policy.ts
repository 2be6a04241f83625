/** Time limits and counts of supervision. All times in ms. */
export interface SupervisionPolicy {
  /** Asked of workers. */
  readonly heartbeatIntervalMs: number;
  /** A worker not heard of for this long is replaced while its process lives. */
  readonly heartbeatTimeoutMs: number;
  /** The same before its first word: programs take a while to start on a busy machine. */
  readonly firstHeartbeatTimeoutMs: number;
  /** A worker that is heard of but makes no progress with its start (restoring state) for this long is replaced. */
  readonly startupLimitMs: number;
  /** A worker that has backlog and has not moved for this long is replaced. */
  readonly stalledLimitMs: number;
  /** Out of sight and not heard of for this long: taken for dead, and fenced. */
  readonly outOfSightTimeoutMs: number;
  /** After a pause or stop was asked for: told by the heartbeat's answer at once, by signal after this long … */
  readonly signalAfterMs: number;
  /** … and killed after this long. Nothing is lost by that: what was not committed is done again or cleared. */
  readonly killAfterMs: number;
  readonly backoffFirstMs: number;
  readonly backoffMaxMs: number;
  /** Failures in a row, without progress in between, until the pipeline is in error. */
  readonly maxFailures: number;
  /** Good health for this long forgets earlier failures. */
  readonly healthyAfterMs: number;
  /** Cluster Mode. */
  readonly cluster: ClusterPolicy;
}

/** What takes longer on a cluster. All times in ms. Waiting for resources has no limit, nor has waiting for Kafka. */
export interface ClusterPolicy {
  /** A submission that has neither ended nor brought forth an application by then is ended. */
  readonly submitLimitMs: number;
  /** A driver not heard of for this long although its application runs is killed: YARN would let it hang for ever. */
  readonly silenceLimitMs: number;
  /** After a pause or stop: a driver that has been told is killed after this long … */
  readonly killAfterMs: number;
  /** … and one that cannot be told because it is silent after this long. */
  readonly killSilentAfterMs: number;
  /**
   * An application that has ended while Kafka cannot be asked is taken for fenced after this long: YARN kills what is
   * left in containers within seconds, and whoever takes the tasks next fences them too. Not before a clearing.
   */
  readonly fenceLimitMs: number;
}

export const DEFAULT_POLICY: SupervisionPolicy = {
  heartbeatIntervalMs: 2_000,
  heartbeatTimeoutMs: 20_000,
  firstHeartbeatTimeoutMs: 90_000,
  startupLimitMs: 600_000,
  stalledLimitMs: 60_000,
  outOfSightTimeoutMs: 30_000,
  signalAfterMs: 10_000,
  killAfterMs: 30_000,
  backoffFirstMs: 1_000,
  backoffMaxMs: 60_000,
  maxFailures: 8,
  healthyAfterMs: 600_000,
  cluster: {
    submitLimitMs: 300_000,
    silenceLimitMs: 600_000,
    killAfterMs: 60_000,
    killSilentAfterMs: 10_000,
    fenceLimitMs: 60_000,
  },
};
