import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type FileTail, tailOf } from '../../host/file-tail.ts';
import { type ContainerFile, isContainerId, isFileName } from './container-log.ts';

/**
 * Ends of container logs kept beside the run's own files, since a cluster forgets:
 * `$PENSTOCK_DATA/runs/{runId}/containers/{containerId}/{file}`. They go with the run's folder.
 */
export class KeptLogs {
  readonly #folder: string;

  constructor(dataDir: string, runId: string) {
    this.#folder = join(dataDir, 'runs', basename(runId), 'containers');
  }

  containers(): readonly string[] {
    return existsSync(this.#folder) ? readdirSync(this.#folder).filter(isContainerId).sort() : [];
  }

  files(containerId: string): readonly ContainerFile[] {
    const folder = this.#folderOf(containerId);
    if (folder === undefined || !existsSync(folder)) return [];
    return readdirSync(folder)
      .filter(isFileName)
      .sort()
      .map((file) => ({ file, bytes: statSync(join(folder, file)).size }));
  }

  /** Undefined where it was not kept. */
  tail(containerId: string, file: string, bytes: number): FileTail | undefined {
    const folder = this.#folderOf(containerId);
    return folder === undefined || !isFileName(file) ? undefined : tailOf(join(folder, file), bytes);
  }

  keep(containerId: string, file: string, text: string): void {
    const folder = this.#folderOf(containerId);
    if (folder === undefined || !isFileName(file)) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // A name that no log has, so that half a file is never taken for one.
    const draft = join(folder, `.${file}.${process.pid}`);
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, join(folder, file));
  }

  #folderOf(containerId: string): string | undefined {
    return isContainerId(containerId) ? join(this.#folder, containerId) : undefined;
  }
}
