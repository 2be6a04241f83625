import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { endpointsIn, endpointsText, type RunSpec } from '@penstock/model';

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

  /** Removes what holds credentials; the log stays for whoever asks why the run ended. */
  removeSpecs(except?: string): void {
    if (!existsSync(this.path)) return;
    for (const name of readdirSync(this.path)) {
      if (name.startsWith('spec-') && name !== except) rmSync(join(this.path, name), { force: true });
    }
  }
}

/**
 * Keeps a log within bounds. The worker goes on writing through its own descriptor in append mode, so the file is
 * copied and cut rather than moved; lines written in between are lost.
 */
export const trimLog = (file: string): void => {
  if (!existsSync(file) || statSync(file).size <= MAX_LOG_BYTES) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
};

/** How long after its last change a folder that belongs to no open run may still be that of a run just begun. */
const SETTLED_MS = 3600_000;

/** Removes the folders of runs that nobody wrote to for `maxAgeMs`, and credentials long before, except those named. */
export const sweepRunFolders = (dataDir: string, keep: ReadonlySet<string>, maxAgeMs: number, now: number): void => {
  const folder = join(dataDir, 'runs');
  if (!existsSync(folder)) return;
  for (const runId of readdirSync(folder)) {
    const path = join(folder, runId);
    const ageMs = now - statSync(path).mtimeMs;
    if (keep.has(runId)) continue;
    if (ageMs > maxAgeMs) rmSync(path, { recursive: true, force: true });
    else if (ageMs > SETTLED_MS) new RunFolder(dataDir, runId).removeSpecs();
  }
};

/** Tells workers where the service can be reached; the file is replaced in one step. */
export const writeEndpoints = (file: string, urls: readonly string[]): void => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, endpointsText(urls), { mode: 0o600 });
  renameSync(draft, file);
};

/** Where workers look up the service; none where there is no such file, or none of ours. */
export const readEndpoints = (file: string): string[] =>
  existsSync(file) ? endpointsIn(readFileSync(file, 'utf8')) : [];

/** Addresses kept in a file. Those of instances that are gone cost a worker a vain attempt each. */
const MAX_ENDPOINTS = 5;

/** Puts an instance first among those that workers try, unless it is there already. */
export const announceEndpoint = (file: string, url: string): void => {
  const known = readEndpoints(file);
  if (known[0] !== url) writeEndpoints(file, [url, ...known.filter((other) => other !== url)].slice(0, MAX_ENDPOINTS));
};
