import { type Heartbeat, type HeartbeatReply, type RunSpec, readHeartbeatReply, saysRunIsOver } from '@penstock/model';
import { postJson } from './post-json.ts';
import { ServiceAddresses } from './service-addresses.ts';

const REQUEST_TIMEOUT_MS = 5000;

/** Said once, it may come of an instance that has the wrong database for a moment; said for so long, it is meant. */
export const CERTAIN_AFTER_MS = 30_000;

/**
 * The worker's line to the control plane: heartbeats out, orders back. Any service instance will do. Not reaching anybody
 * is no reason to stop working.
 */
export class ControlChannel {
  readonly #spec: RunSpec;
  readonly #now: () => number;
  readonly #addresses: ServiceAddresses;
  /** When the service first said that the run is over, if no instance has said anything else since. */
  #disownedSince: number | undefined;

  /** `now` in ms, of a clock that only goes forward. */
  constructor(spec: RunSpec, now: () => number = () => performance.now()) {
    this.#spec = spec;
    this.#addresses = new ServiceAddresses(spec.control);
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
    const reply = await this.#addresses.firstOf(async (url) => {
      const answer = await this.#post(url, heartbeat);
      if (answer !== 'ended') return answer;
      isSaidToBeOver = true;
      return undefined;
    });
    if (reply === undefined) return isSaidToBeOver ? this.#disown() : undefined;
    this.#disownedSince = undefined;
    return reply;
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
}

/** `code` of a problem body; undefined for an answer of something else. Errors: `SyntaxError` for what is no JSON. */
const codeOf = (body: string): unknown => {
  const problem: unknown = JSON.parse(body);
  return typeof problem === 'object' && problem !== null && 'code' in problem ? problem.code : undefined;
};
