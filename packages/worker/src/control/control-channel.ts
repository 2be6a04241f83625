import { readFile } from 'node:fs/promises';
import { type Heartbeat, type HeartbeatReply, messageOf, type RunSpec } from '@penstock/model';

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
      const response = await fetch(`${url}/internal/v1/runs/${encodeURIComponent(this.#spec.runId)}/heartbeat`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#spec.control.token}` },
        body: JSON.stringify(heartbeat),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      // 404 and 410: the service knows no such run any more. Other refusals may come of a service that is starting.
      if (response.status === 404 || response.status === 410)
        return { desired: 'exit', kafkaRate: this.#spec.kafkaRate, intervalMs: 1000 };
      return response.ok ? ((await response.json()) as HeartbeatReply) : undefined;
    } catch (error) {
      void messageOf(error);
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
