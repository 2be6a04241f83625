import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type {
  HelloAnswer,
  OpenAnswer,
  PrepareAnswer,
  RangeAnswer,
  RangeRequest,
  RunAnswer,
  RunLayout,
  RunSpec,
} from '@penstock/model';
import { rangeAnswerSchema } from '@penstock/model/messages';
import { readFrames, writeFrame } from '@penstock/worker/frames';
import { checkedMessage } from './checked-message.ts';

const main = fileURLToPath(import.meta.resolve('@penstock/worker/range-main'));

/** A request without its number; the layout of the last preparation stands in where none is given. */
type Question = RangeRequest extends infer R
  ? R extends { id: number; layout: RunLayout }
    ? Omit<R, 'id' | 'layout'> & { readonly layout?: RunLayout }
    : R extends { id: number }
      ? Omit<R, 'id'>
      : never
  : never;
type Refusal = Extract<RangeAnswer, { ok: false }>;
interface AnswerTo {
  hello: HelloAnswer;
  prepare: PrepareAnswer;
  open: OpenAnswer;
  run: RunAnswer;
}

/** Stands where a Spark executor would: starts a real worker process and asks it. */
export class TestExecutor {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: RangeAnswer) => void>();
  readonly exited: Promise<number | null>;
  #asked = 0;
  #layout: RunLayout | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.exited = once(child, 'exit').then(([code]) => code as number | null);
    void this.#hear();
  }

  static async start(t: TestContext, spec: RunSpec): Promise<TestExecutor> {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-executor-'));
    const file = join(folder, 'run.json');
    await writeFile(file, JSON.stringify(spec));
    const child = spawn(process.execPath, ['--no-node-snapshot', main, file], {
      stdio: ['pipe', 'pipe', process.env.PENSTOCK_TEST_VERBOSE ? 'inherit' : 'ignore'],
    });
    t.after(async () => {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    });
    return new TestExecutor(child);
  }

  /** The answer, whatever it is; rejects when the worker ends before it has answered. */
  async ask(question: Question): Promise<RangeAnswer> {
    const id = ++this.#asked;
    const answered = new Promise<RangeAnswer>((resolve) => this.#waiting.set(id, resolve));
    const { stdin } = this.#child;
    if (stdin === null) throw new Error('no line to the worker');
    const needsLayout = question.kind === 'open' || question.kind === 'run';
    writeFrame(stdin, { ...(needsLayout ? { layout: this.#layout } : {}), ...question, id });
    const gone = this.exited.then((code) => {
      throw new Error(`the worker ended with ${code} before it answered`);
    });
    return Promise.race([answered, gone]);
  }

  /** The good answer, asked for again while a start takes long, as a driver does; rejects with the failure of a bad one. */
  async get<K extends Question['kind']>(question: Extract<Question, { kind: K }>): Promise<AnswerTo[K]> {
    let answer = await this.ask(question);
    while (!answer.ok && answer.error.code === 'START_UNDER_WAY') answer = await this.ask(question);
    if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
    if ('layout' in answer) this.#layout = answer.layout;
    return answer as unknown as AnswerTo[K];
  }

  async refused(question: Question): Promise<Refusal['error']> {
    const answer = await this.ask(question);
    if (answer.ok) throw new Error(`expected a failure, got ${JSON.stringify(answer)}`);
    return answer.error;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Closes the line, as an executor does that ends. */
  hangUp(): void {
    this.#child.stdin?.end();
  }

  async #hear(): Promise<void> {
    const { stdout } = this.#child;
    if (stdout === null) return;
    for await (const said of readFrames(stdout)) {
      const answer = checkedMessage(rangeAnswerSchema, said);
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    }
  }
}
