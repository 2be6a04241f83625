import type { AssetService } from '@penstock/engine';
import {
  AppError,
  type AssetFacts,
  type AssetState,
  type AssetsReply,
  type AssetsRequest,
  MAX_ASSET_ID,
  MAX_ASSETS_ASKED,
  MAX_NEIGHBOURS,
  messageOf,
  type PlacesQuestion,
  type PointFacts,
  type PointQuestion,
  type TreePlace,
} from '@penstock/model';

/** Sends a question to the service. Rejects where there is no answer. */
export type AskForAssets = (request: AssetsRequest) => Promise<AssetsReply>;

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: AppError): void;
}

type Question =
  | { readonly kind: 'asset'; readonly assetId: string }
  | { readonly kind: 'places'; readonly places: PlacesQuestion }
  | { readonly kind: 'point'; readonly point: PointQuestion };

/** A question, and all who wait for its answer. */
interface Asked {
  readonly question: Question;
  readonly waiting: Waiting[];
}

/**
 * The assets of the run's organisation, as look-ups of one thread need them: what is asked for at the same time goes to
 * the service in one question, and every reply tells which of the answers before have become old. With `refresh`, called
 * now and then, changes are learned of when nothing is asked. Nothing is kept here but how far the store was.
 */
export class RunAssets implements AssetService {
  readonly #ask: AskForAssets;
  #known: AssetState | undefined;
  #asked = new Map<string, Asked>();
  #isDue = false;
  #isRefreshing = false;
  readonly #listeners: ((assetIds: readonly string[] | 'all') => void)[] = [];
  readonly #placesListeners: (() => void)[] = [];
  readonly #pointsListeners: (() => void)[] = [];

  constructor(ask: AskForAssets) {
    this.#ask = ask;
  }

  asset(assetId: string): Promise<AssetFacts | undefined> {
    // No asset can be called so, and the service takes no such question.
    if (!isId(assetId)) return Promise.resolve(undefined);
    return this.#answerTo<AssetFacts | undefined>({ kind: 'asset', assetId });
  }

  places(places: PlacesQuestion): Promise<readonly TreePlace[]> {
    if (!isId(places.assetId)) return Promise.resolve([]);
    return this.#answerTo<readonly TreePlace[]>({ kind: 'places', places });
  }

  point(point: PointQuestion): Promise<PointFacts | undefined> {
    if (!isId(point.modelId) || !isId(point.id)) return Promise.resolve(undefined);
    return this.#answerTo<PointFacts | undefined>({ kind: 'point', point });
  }

  onChanged(listener: (assetIds: readonly string[] | 'all') => void): void {
    this.#listeners.push(listener);
  }

  onPlacesChanged(listener: () => void): void {
    this.#placesListeners.push(listener);
  }

  onPointsChanged(listener: () => void): void {
    this.#pointsListeners.push(listener);
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
  #answerTo<A>(question: Question): Promise<A> {
    return new Promise<A>((resolve, reject) => {
      // What the reply to a question of a kind holds is of its type.
      const waiting = { resolve: (answer: unknown) => resolve(answer as A), reject };
      const key = JSON.stringify(question);
      const others = this.#asked.get(key);
      if (others === undefined) this.#asked.set(key, { question, waiting: [waiting] });
      else others.waiting.push(waiting);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      const asked = [...this.#asked.values()];
      this.#asked = new Map();
      for (let from = 0; from < asked.length; from += MAX_ASSETS_ASKED)
        void this.#question(asked.slice(from, from + MAX_ASSETS_ASKED));
    });
  }

  async #question(all: readonly Asked[]): Promise<void> {
    let open = all;
    try {
      while (open.length > 0) {
        const known = this.#known;
        const reply = await this.#ask({ ...(known === undefined ? {} : { known }), ...requestOf(open) });
        this.#take(reply, known);
        const answered = answersIn(reply, open);
        if (answered.size === 0) throw new Error('The service had no room for any of what was asked.');
        for (const [{ waiting }, answer] of answered)
          for (const { resolve, reject } of waiting)
            if (answer instanceof AppError) reject(answer);
            else resolve(answer);
        open = open.filter((asked) => !answered.has(asked));
      }
    } catch (error) {
      const failure = unreachable(error);
      for (const { reject } of open.flatMap(({ waiting }) => waiting)) reject(failure);
    }
  }

  /**
   * Replies may overtake each other: what one of them has told is not taken back by an older one. But who asked knowing
   * nothing was told of no change: what may have changed since such a reply is to be told yet.
   */
  #take(reply: AssetsReply, asked: AssetState | undefined): void {
    const { state, changed } = reply;
    const known = this.#known;
    const isOlder = known?.storeId === state.storeId && known.revision > state.revision;
    if (!isOlder || asked === undefined) this.#known = state;
    // Who knew nothing has nothing to forget.
    if (known === undefined) return;
    if (changed.length > 0) for (const listener of this.#listeners) listener(changed);
    if (reply.placesChanged ?? changed === 'all') for (const listener of this.#placesListeners) listener();
    if (reply.pointsChanged ?? changed === 'all') for (const listener of this.#pointsListeners) listener();
  }
}

/** What an asset, a model or a point can be called at all. */
const isId = (id: string): boolean => id !== '' && id.length <= MAX_ASSET_ID && id.isWellFormed();

const requestOf = (asked: readonly Asked[]): Omit<AssetsRequest, 'known'> => {
  const of = <K extends Question['kind']>(kind: K) =>
    asked.flatMap(({ question }) => (question.kind === kind ? [question as Extract<Question, { kind: K }>] : []));
  const [places, points] = [of('places').map((one) => one.places), of('point').map(({ point }) => point)];
  return {
    assetIds: of('asset').map(({ assetId }) => assetId),
    ...(places.length === 0 ? {} : { places }),
    ...(points.length === 0 ? {} : { points }),
  };
};

/** What a reply says to those of the questions for which it had room; an error where the answer is one. */
const answersIn = (reply: AssetsReply, asked: readonly Asked[]): Map<Asked, unknown> => {
  const assets = new Map(reply.assets.map((asset) => [asset.assetId, asset]));
  const left = new Set(reply.left);
  const places = new Map(reply.places?.map((answer) => [answer.at, answer]));
  const points = new Map(reply.points?.map((answer) => [answer.at, answer]));
  const answered = new Map<Asked, unknown>();
  const at = { places: 0, point: 0 };
  for (const one of asked) {
    const { question } = one;
    if (question.kind === 'asset') {
      if (!left.has(question.assetId)) answered.set(one, assets.get(question.assetId));
    } else if (question.kind === 'places') {
      const answer = places.get(at.places++);
      if (answer !== undefined) answered.set(one, answer.isTooMany ? tooMany(question.places) : answer.trees);
    } else {
      const answer = points.get(at.point++);
      if (answer !== undefined) answered.set(one, answer.point ?? undefined);
    }
  }
  return answered;
};

const tooMany = ({ assetId, tagKey, tagValue }: PlacesQuestion): AppError =>
  new AppError(
    'ASSET_NEIGHBOURS_TOO_MANY',
    `In the trees "${tagKey}::${tagValue}" more than ${MAX_NEIGHBOURS} assets are below "${assetId}".`,
    { domain: 'user' },
  );

const unreachable = (error: unknown): AppError =>
  new AppError('ASSETS_UNREACHABLE', `The asset store could not be asked: ${messageOf(error)}`, {
    domain: 'external',
    retryable: true,
  });
