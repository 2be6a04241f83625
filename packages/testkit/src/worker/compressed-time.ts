import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Time of processes that can be made to go faster: what waits for hours in them then does so in seconds. */
export class CompressedTime {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  static async create(t: TestContext): Promise<CompressedTime> {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-time-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    return new CompressedTime(join(folder, 'speed'));
  }

  /** For processes that are to live in this time, with all of their threads. */
  get env(): Record<string, string> {
    const preload = new URL('./preload-compressed-time.ts', import.meta.url).href;
    return {
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${preload}`.trim(),
      PENSTOCK_TEST_SPEED_FILE: this.#file,
    };
  }

  /** From now on so many seconds pass in one. */
  compress(factor: number): void {
    writeFileSync(this.#file, String(factor));
  }

  /** From now on time passes as it does elsewhere; what has passed has passed. */
  resume(): void {
    rmSync(this.#file, { force: true });
  }
}
