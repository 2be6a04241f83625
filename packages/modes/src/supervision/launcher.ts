import type { RunSpec } from '@penstock/model';

/**
 * The port between the supervisor and whatever runs workers: processes of this machine in Standalone Mode, YARN in
 * Cluster Mode. The supervisor decides *when*; a launcher only knows *how*, and tells what it can see. Launch record
 * (`L`) and evidence (`E`) are the mode's own JSON: to everybody else they are objects to be kept and handed back.
 *
 * A launch is written down before it happens: `prepare` names it without any effect, the supervisor stores the name,
 * `launch` makes it happen. A service that dies in between can therefore always find out what became of it.
 */
export interface Launcher<L extends object = object, E extends object = object> {
  /** Names a launch that is about to happen. No effect outside. */
  prepare(runId: string, now: number): L;
  /**
   * Starts it. Resolves once the process or application exists (not once it works).
   * Errors: `AppError`; `retryable` false where trying again cannot help (program missing, no permission).
   */
  launch(record: L, spec: RunSpec): Promise<L>;
  /** What became of a launch, as far as it can be seen from here. */
  evidence(record: L): Promise<E>;
  /** Asks it to finish (`graceful`) or ends it (`kill`). Resolves once asked, not once ended. Idempotent. */
  terminate(record: L, how: TerminateHow): Promise<void>;
  /** Regular care of a live launch by the instance that supervises it: logs kept small, addresses kept fresh. */
  tend(record: L): Promise<void>;
  /** Removes the secrets a finished run left behind here. */
  forget(runId: string): Promise<void>;
}

export type TerminateHow = 'graceful' | 'kill';

/** A launcher whose records are opaque: each is checked when it is handed back. */
export const opaque = <L extends object, E extends object>(
  launcher: Launcher<L, E>,
  read: (record: object) => L,
): Launcher => ({
  prepare: (runId, now) => launcher.prepare(runId, now),
  launch: async (record, spec) => launcher.launch(read(record), spec),
  evidence: async (record) => launcher.evidence(read(record)),
  terminate: async (record, how) => launcher.terminate(read(record), how),
  tend: async (record) => launcher.tend(read(record)),
  forget: (runId) => launcher.forget(runId),
});
