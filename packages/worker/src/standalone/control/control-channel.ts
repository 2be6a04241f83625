import { readFile } from 'node:fs/promises';
import type { Heartbeat, HeartbeatReply, RunSpec } from '@penstock/model';
import { postJson } from './post-json.ts';

const REQUEST_TIMEOUT_MS = 5000;

/**
 * The worker's line to the control plane: heartbeats out, orders back. Any service instance will do; the file with
 * their addresses is read again whenever none of the known ones answers, since a restarted service may listen
 * elsewhere. Not reaching anybody is no reason to stop working.
 */
export class ControlChannel {
  readonly #spec: RunSpec;
  #urls: readonly string[] = [];

  constructor(spec: RunSpec) {
    this.#spec = spec;
  }

  /** The reply of the first instance that answers; undefined when none does. */
  async heartbeat(heartbeat: Heartbeat): Promise<HeartbeatReply | undefined> {
    for (const attempt of ['known', 'reread'] as const) {
      if (attempt === 'reread' || this.#urls.length === 0) this.#urls = await this.#readEndpoints();
      for (const url of this.#urls) {
        const reply = await this.#post(url, heartbeat);
        if (reply !== undefined) {
          this.#urls = [url, ...this.#urls.filter((other) => other !== url)];
          return reply;
        }
      }
    }
    return undefined;
  }

  async #post(url: string, heartbeat: Heartbeat): Promise<HeartbeatReply | undefined> {
    try {
      const { status, body } = await postJson(
        `${url}/internal/v1/runs/${encodeURIComponent(this.#spec.runId)}/heartbeat`,
        this.#spec.control.token,
        JSON.stringify(heartbeat),
        REQUEST_TIMEOUT_MS,
      );
      // 404 and 410: the service knows no such run any more. Other refusals may come of a service that is starting.
      if (status === 404 || status === 410)
        return { desired: 'exit', kafkaRate: this.#spec.kafkaRate, intervalMs: 1000 };
      return status === 200 ? (JSON.parse(body) as HeartbeatReply) : undefined;
    } catch {
      // Nobody listens there, or not yet: the next instance, or the next heartbeat, may do better.
      return undefined;
    }
  }

  async #readEndpoints(): Promise<readonly string[]> {
    try {
      const { urls } = JSON.parse(await readFile(this.#spec.control.endpointsFile, 'utf8')) as { urls?: unknown };
      return Array.isArray(urls) ? urls.filter((url): url is string => typeof url === 'string') : [];
    } catch {
      // Absent or half-written while a service starts: there is nobody to talk to just now.
      return [];
    }
  }
}
