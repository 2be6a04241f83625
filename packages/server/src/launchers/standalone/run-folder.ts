import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { RunSpec } from '@penstock/model';

/** A worker's log is cut when it is larger; one older part is kept. */
export const MAX_LOG_BYTES = 8 * 1024 * 1024;

/**
 * What a run has on disk: `$PENSTOCK_DATA/runs/{runId}/` with the spec of its current launch and its worker's log.
 * Only the owner can read it, since a spec holds credentials.
 */
export class RunFolder {
  readonly path: string;

  constructor(dataDir: string, runId: string) {
    this.path = join(dataDir, 'runs', basename(runId));
  }

  specFileOf(launchId: string): string {
    return join(this.path, `spec-${launchId}.json`);
  }

  get logFile(): string {
    return join(this.path, 'worker.log');
  }

  /** Writes the spec of a launch and removes those of earlier ones. */
  writeSpec(file: string, spec: RunSpec): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    this.removeSpecs(basename(file));
    writeFileSync(file, JSON.stringify(spec), { mode: 0o600 });
    chmodSync(file, 0o600); // the mode above only counts for a new file
  }

  /**
   * Keeps the log within bounds. The worker goes on writing through its own descriptor in append mode, so the file
   * is copied and cut rather than moved; lines written in between are lost.
   */
  trimLog(): void {
    if (!existsSync(this.logFile) || statSync(this.logFile).size <= MAX_LOG_BYTES) return;
    copyFileSync(this.logFile, `${this.logFile}.1`);
    truncateSync(this.logFile, 0);
  }

  /** Removes what holds credentials; the log stays for whoever asks why the run ended. */
  removeSpecs(except?: string): void {
    if (!existsSync(this.path)) return;
    for (const name of readdirSync(this.path)) {
      if (name.startsWith('spec-') && name !== except) rmSync(join(this.path, name), { force: true });
    }
  }
}

/** Removes the folders of runs that nobody wrote to for `maxAgeMs`, except those named. */
export const sweepRunFolders = (dataDir: string, keep: ReadonlySet<string>, maxAgeMs: number, now: number): void => {
  const folder = join(dataDir, 'runs');
  if (!existsSync(folder)) return;
  for (const runId of readdirSync(folder)) {
    const path = join(folder, runId);
    if (!keep.has(runId) && now - statSync(path).mtimeMs > maxAgeMs) rmSync(path, { recursive: true, force: true });
  }
};

/** Tells workers where the service can be reached: `{ "urls": [...] }`, replaced in one step. */
export const writeEndpoints = (file: string, urls: readonly string[]): void => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify({ urls })}\n`, { mode: 0o600 });
  renameSync(draft, file);
};
