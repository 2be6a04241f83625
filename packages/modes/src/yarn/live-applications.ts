import {
  type ClusterMetrics,
  LIVE_STATES,
  type ResourceManager,
  type YarnApplication,
} from './resource-manager/resource-manager.ts';

/** How old the common look may be. A supervisor looks at each run about once a second. */
const FRESH_MS = 1000;
const FRESH_METRICS_MS = 5000;

/**
 * The applications of this installation that have not ended, asked for once for all runs: an installation with a
 * hundred runs asks the ResourceManager as often as one with a single run.
 */
export class LiveApplications {
  readonly #resourceManager: ResourceManager;
  readonly #tag: string;
  readonly #now: () => number;
  #measured: { readonly at: number; readonly answer: Promise<ClusterMetrics> } | undefined;
  #look: { readonly at: number; readonly answer: Promise<readonly YarnApplication[]> } | undefined;

  /** `now`: monotonic, in ms. */
  constructor(resourceManager: ResourceManager, tag: string, now: () => number = () => performance.now()) {
    this.#resourceManager = resourceManager;
    this.#tag = tag;
    this.#now = now;
  }

  async all(): Promise<readonly YarnApplication[]> {
    const now = this.#now();
    if (this.#look === undefined || now - this.#look.at >= FRESH_MS)
      this.#look = { at: now, answer: this.#resourceManager.applicationsByTag(this.#tag, { states: LIVE_STATES }) };
    return this.#look.answer;
  }

  /** Undefined says nothing for certain: it may have ended, or begun a moment ago. */
  async find(is: (app: YarnApplication) => boolean): Promise<YarnApplication | undefined> {
    return (await this.all()).find(is);
  }

  /** What is free, for those who wait. */
  async metrics(): Promise<ClusterMetrics> {
    const now = this.#now();
    if (this.#measured === undefined || now - this.#measured.at >= FRESH_METRICS_MS)
      this.#measured = { at: now, answer: this.#resourceManager.metrics() };
    return this.#measured.answer;
  }
}
