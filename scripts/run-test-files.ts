import { fork } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';
import { Readable } from 'node:stream';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

const TEST_LIMIT_MS = 600_000;
/** Node limits single tests only: a file whose tests are over and that does not end would be waited for for ever. */
const FILE_LIMIT_MS = 900_000;
const SHARD = fileURLToPath(new URL('./unit-shard.ts', import.meta.url));

/** Characters of one failure's reason. */
const REASON_LIMIT = 3000;

interface TestFailure {
  readonly name: string;
  readonly file?: string;
  readonly details: { readonly error: Error & { readonly failureType?: string } };
}

/** What a process that runs many files says at its end. */
export interface ShardResult {
  readonly counts: TestCounts;
  readonly failures: readonly string[];
}

interface TestEvent {
  readonly type: string;
  readonly data: object;
}

export interface TestCounts {
  tests: number;
  passed: number;
  failed: number;
  cancelled: number;
  skipped: number;
  todo: number;
}

export const noCounts = (): TestCounts => ({ tests: 0, passed: 0, failed: 0, cancelled: 0, skipped: 0, todo: 0 });

/** Tells each test that fails, with its file and its reason: what a reader of a long run looks for at its end. */
export const onFailure = (events: Readable, tell: (failure: string) => void): void => {
  events.on('test:fail', ({ name, file, details: { error } }: TestFailure) => {
    // Whoever contains it fails too, and says only that.
    if (error.failureType === 'subtestsFailed') return;
    tell(
      `${file === undefined ? 'no file' : relative(process.cwd(), file)}: ${name}\n${inspect(error.cause ?? error, { breakLength: 120 }).slice(0, REASON_LIMIT)}`,
    );
  });
};

/** Everything but the counts, which are given once for all files. */
export async function* withoutCounts(events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  for await (const event of events) if (event.type !== 'test:diagnostic' || 'file' in event.data) yield event;
}

/** Runs test files on node's test runner, each a process and `lanes` at a time, and shows each as it is over. */
export class TestFiles {
  readonly counts = noCounts();
  readonly failures: string[] = [];
  readonly #took: { readonly file: string; readonly seconds: number }[] = [];
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** The files that took longest, those first: where a run that has become too long is to be shortened. */
  longest(count: number): string[] {
    const sorted = this.#took.toSorted((a, b) => b.seconds - a.seconds).slice(0, count);
    return sorted.map(({ file, seconds }) => `${String(Math.round(seconds)).padStart(5)} s  ${file}`);
  }

  /** Resolves to whether all of them passed. A single lane is shown as it goes. */
  async run(title: string, files: readonly string[], lanes: number): Promise<boolean> {
    if (files.length === 0) return true;
    process.stdout.write(`\n== ${title} (${files.length} files)\n`);
    const begun = performance.now();
    const waiting = [...files];
    let isSuccess = true;
    const work = async (): Promise<void> => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        let text = '';
        const show = (more: string): void => {
          if (lanes === 1) process.stdout.write(more);
          else text += more;
        };
        const startedAt = performance.now();
        if (!(await this.#runFile(file, show))) isSuccess = false;
        this.#took.push({ file: relative(this.#root, file), seconds: (performance.now() - startedAt) / 1000 });
        process.stdout.write(text);
      }
    };
    await Promise.all(Array.from({ length: lanes }, work));
    process.stdout.write(`== ${title}: ${Math.round((performance.now() - begun) / 1000)} s\n`);
    return isSuccess;
  }

  /**
   * Runs files that need nothing but Node, each of the `shards` in one process: loading what they share takes longer
   * than the tests do. Resolves to whether all of them passed.
   */
  async runTogether(title: string, shards: readonly (readonly string[])[]): Promise<boolean> {
    const files = shards.reduce((sum, shard) => sum + shard.length, 0);
    if (files === 0) return true;
    process.stdout.write(`\n== ${title} (${files} files)\n`);
    const ended = shards.filter((shard) => shard.length > 0).map((shard) => this.#runShard(shard));
    return (await Promise.all(ended)).every(Boolean);
  }

  async #runShard(files: readonly string[]): Promise<boolean> {
    const child = fork(SHARD, files, {
      cwd: this.#root,
      execArgv: ['--no-node-snapshot', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      timeout: FILE_LIMIT_MS,
    });
    let text = '';
    child.stdout?.on('data', (more: Buffer) => {
      text += more.toString('utf8');
    });
    let isCounted = false;
    child.on('message', ({ counts, failures }: ShardResult) => {
      isCounted = true;
      this.failures.push(...failures);
      for (const name of Object.keys(this.counts) as (keyof TestCounts)[]) this.counts[name] += counts[name];
    });
    const [status] = (await once(child, 'close')) as [number | null];
    process.stdout.write(text);
    if (!isCounted)
      process.stdout.write(`the tests of ${files.map((file) => relative(this.#root, file)).join(', ')} did not end\n`);
    return status === 0 && isCounted;
  }

  /** Runs a file and ends it where it does not end. */
  async #runFile(file: string, show: (text: string) => void): Promise<boolean> {
    const signal = AbortSignal.timeout(FILE_LIMIT_MS);
    const events: Readable = runTests({
      files: [file],
      cwd: this.#root,
      timeout: TEST_LIMIT_MS,
      signal,
      execArgv: ['--no-node-snapshot'],
    });
    let isSuccess = false;
    onFailure(events, (failure) => this.failures.push(failure));
    events.on('test:summary', (summary: { file?: string; success: boolean; counts: TestCounts }) => {
      if (summary.file !== undefined) return;
      isSuccess = summary.success;
      for (const name of Object.keys(this.counts) as (keyof TestCounts)[]) this.counts[name] += summary.counts[name];
    });
    for await (const text of Readable.from(withoutCounts(events)).compose(spec)) show(String(text));
    if (signal.aborted) show(`${relative(this.#root, file)} did not end within ${FILE_LIMIT_MS / 60_000} minutes\n`);
    return isSuccess;
  }
}
