/** What the programs that run pipelines say with their exit codes: workers of both modes, and the Spark driver. */
export const WorkerExitCode = {
  /** Everything committed, as ordered; or, beside a Spark executor, the executor has closed the line. */
  Stopped: 0,
  /** Failed in a way that may pass: start me again. */
  Failed: 1,
  /** Failed in a way that starting again cannot help. Workers of Standalone Mode only: others are told by message. */
  Fatal: 3,
  /** A newer worker owns the run. Workers of Standalone Mode only. */
  TakenOver: 4,
} as const;
export type WorkerExitCode = (typeof WorkerExitCode)[keyof typeof WorkerExitCode];
