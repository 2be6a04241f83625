import type { AssetService } from '@penstock/engine';
import {
  AppError,
  type AssetFacts,
  type AssetState,
  type AssetsReply,
  type AssetsRequest,
  MAX_ASSET_ID,
  MAX_ASSETS_ASKED,
  messageOf,
} from '@penstock/model';

/** Sends a question to the service. Rejects where there is no answer. */
export type AskForAssets = (request: AssetsRequest) => Promise<AssetsReply>;

interface Waiting {
  resolve(asset: AssetFacts | undefined): void;
  reject(error: AppError): void;
}

/**
 * The assets of the run's organisation, as look-ups of one thread need them: what is asked for at the same time goes to
 * the service in one question, and every reply tells which of the answers before have become old. With `refresh`, called
 * now and then, changes are learned of when nothing is asked. Nothing is kept here but how far the store was.
 */
export class RunAssets implements AssetService {
  readonly #ask: AskForAssets;
  #known: AssetState | undefined;
  #waiting = new Map<string, Waiting[]>();
  #isDue = false;
  #isRefreshing = false;
  readonly #listeners: ((assetIds: readonly string[] | 'all') => void)[] = [];

  constructor(ask: AskForAssets) {
    this.#ask = ask;
  }

  asset(assetId: string): Promise<AssetFacts | undefined> {
    // No asset can be called so, and the service takes no such question.
    if (assetId === '' || assetId.length > MAX_ASSET_ID || !assetId.isWellFormed()) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      const others = this.#waiting.get(assetId);
      if (others === undefined) this.#waiting.set(assetId, [waiting]);
      else others.push(waiting);
      this.#schedule();
    });
  }

  onChanged(listener: (assetIds: readonly string[] | 'all') => void): void {
    this.#listeners.push(listener);
  }

  /** Learns what has changed since the last reply. Never rejects: it is asked again, and by each question anyway. */
  async refresh(): Promise<void> {
    if (this.#known === undefined || this.#isRefreshing) return;
    this.#isRefreshing = true;
    try {
      const known = this.#known;
      this.#take(await this.#ask({ known, assetIds: [] }), known);
    } catch {
      // Nobody who could answer could have changed anything either.
    } finally {
      this.#isRefreshing = false;
    }
  }

  /** Whatever is asked for in this turn goes together. */
  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      const asked = [...this.#waiting];
      this.#waiting = new Map();
      for (let from = 0; from < asked.length; from += MAX_ASSETS_ASKED)
        void this.#question(new Map(asked.slice(from, from + MAX_ASSETS_ASKED)));
    });
  }

  async #question(asked: Map<string, Waiting[]>): Promise<void> {
    try {
      while (asked.size > 0) {
        const known = this.#known;
        const reply = await this.#ask({ ...(known === undefined ? {} : { known }), assetIds: [...asked.keys()] });
        this.#take(reply, known);
        const found = new Map(reply.assets.map((asset) => [asset.assetId, asset]));
        const left = new Set(reply.left);
        if (left.size >= asked.size) throw new Error('The service had no room for any of the assets.');
        for (const [assetId, waiting] of asked) {
          if (left.has(assetId)) continue;
          asked.delete(assetId);
          for (const { resolve } of waiting) resolve(found.get(assetId));
        }
      }
    } catch (error) {
      const failure = unreachable(error);
      for (const { reject } of [...asked.values()].flat()) reject(failure);
    }
  }

  /**
   * Replies may overtake each other: what one of them has told is not taken back by an older one. But who asked knowing
   * nothing was told of no change: what may have changed since such a reply is to be told yet.
   */
  #take({ state, changed }: AssetsReply, asked: AssetState | undefined): void {
    const known = this.#known;
    const isOlder = known?.storeId === state.storeId && known.revision > state.revision;
    if (!isOlder || asked === undefined) this.#known = state;
    // Who knew nothing has nothing to forget.
    if (known === undefined || changed.length === 0) return;
    for (const listener of this.#listeners) listener(changed);
  }
}

const unreachable = (error: unknown): AppError =>
  new AppError('ASSETS_UNREACHABLE', `The asset store could not be asked: ${messageOf(error)}`, {
    domain: 'external',
    retryable: true,
  });
