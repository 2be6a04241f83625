import { readFile } from 'node:fs/promises';
import {
  endpointsIn,
  type Heartbeat,
  type HeartbeatReply,
  type RunSpec,
  readHeartbeatReply,
  saysRunIsOver,
} from '@penstock/model';
import { postJson } from './post-json.ts';

const REQUEST_TIMEOUT_MS = 5000;

/** Said once, it may come of an instance that has the wrong database for a moment; said for so long, it is meant. */
export const CERTAIN_AFTER_MS = 30_000;

/**
 * The worker's line to the control plane: heartbeats out, orders back. Any service instance will do; the file with
 * their addresses is read again whenever none of the known ones answers, since a restarted service may listen
 * elsewhere. Not reaching anybody is no reason to stop working.
 */
export class ControlChannel {
  readonly #spec: RunSpec;
  readonly #now: () => number;
  #urls: readonly string[] = [];
  /** When the service first said that the run is over, if no instance has said anything else since. */
  #disownedSince: number | undefined;

  /** `now` in ms, of a clock that only goes forward. */
  constructor(spec: RunSpec, now: () => number = () => performance.now()) {
    this.#spec = spec;
    this.#now = now;
  }

  /** The service says that the run is over; whether that is meant shows in what `heartbeat` resolves to. */
  get isDisowned(): boolean {
    return this.#disownedSince !== undefined;
  }

  /**
   * The reply of the first instance that answers; undefined when none does. An order to exit where none does and the
   * run was said to be over, in the service's own words, at least twice and 30 s apart.
   */
  async heartbeat(heartbeat: Heartbeat): Promise<HeartbeatReply | undefined> {
    let isSaidToBeOver = false;
    for (const attempt of ['known', 'reread'] as const) {
      if (attempt === 'reread' || this.#urls.length === 0) this.#urls = await this.#readEndpoints();
      for (const url of this.#urls) {
        const reply = await this.#post(url, heartbeat);
        if (reply === 'ended') isSaidToBeOver = true;
        else if (reply !== undefined) {
          this.#disownedSince = undefined;
          this.#urls = [url, ...this.#urls.filter((other) => other !== url)];
          return reply;
        }
      }
    }
    return isSaidToBeOver ? this.#disown() : undefined;
  }

  #disown(): HeartbeatReply | undefined {
    const now = this.#now();
    this.#disownedSince ??= now;
    return now - this.#disownedSince < CERTAIN_AFTER_MS
      ? undefined
      : { desired: 'exit', kafkaRate: this.#spec.kafkaRate, intervalMs: 1000 };
  }

  async #post(url: string, heartbeat: Heartbeat): Promise<HeartbeatReply | 'ended' | undefined> {
    try {
      const { status, body } = await postJson(
        `${url}/internal/v1/runs/${encodeURIComponent(this.#spec.runId)}/heartbeat`,
        this.#spec.control.token,
        JSON.stringify(heartbeat),
        REQUEST_TIMEOUT_MS,
      );
      if (status === 200) return readHeartbeatReply(JSON.parse(body));
      return saysRunIsOver(status, codeOf(body)) ? 'ended' : undefined;
    } catch {
      // Nobody listens there, or not yet, or it is somebody else who answers: the next instance, or the next heartbeat, may do better.
      return undefined;
    }
  }

  async #readEndpoints(): Promise<readonly string[]> {
    try {
      return endpointsIn(await readFile(this.#spec.control.endpointsFile, 'utf8'));
    } catch {
      // Absent while a service starts: there is nobody to talk to just now.
      return [];
    }
  }
}

/** `code` of a problem body; undefined for an answer of something else. Errors: `SyntaxError` for what is no JSON. */
const codeOf = (body: string): unknown => {
  const problem: unknown = JSON.parse(body);
  return typeof problem === 'object' && problem !== null && 'code' in problem ? problem.code : undefined;
};
