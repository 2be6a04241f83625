import type { Clock } from '@penstock/engine';
import { messageOf } from '@penstock/model';
import { changesOf, type LookDeps, lookAtPipeline } from './look-at-pipeline.ts';
import { readAlarmRows, readWatched, type Watcher } from './read-watched.ts';

/** Rounds further apart than this: reports may have come in between that nobody took in. */
const DEAF_AFTER_MS = 30_000;

export interface AlarmWatchDeps extends LookDeps {
  readonly clock: Clock;
  readonly instanceId: string;
  /** False while the database belongs elsewhere: then nothing is watched. */
  readonly isAtHome: () => boolean;
  /** Called when something was written that is to be told. */
  readonly onTold: () => void;
  readonly log: { error(facts: object, message: string): void };
}

/** Looks at the alarms of the pipelines that are this instance's business, round by round. Everything it knows is in the database. */
export class AlarmWatch {
  readonly #deps: AlarmWatchDeps;
  #since = 0;
  #lastRound: number | undefined;

  constructor(deps: AlarmWatchDeps) {
    this.#deps = deps;
  }

  /** One look at each. What fails for one pipeline keeps nobody from the others. */
  async round(): Promise<void> {
    const { store, clock, instanceId, isAtHome, onTold, log } = this.#deps;
    if (!isAtHome()) return;
    const now = clock.now();
    if (this.#lastRound === undefined || Math.abs(now - this.#lastRound) > DEAF_AFTER_MS) this.#since = now;
    const watcher: Watcher = { instanceId, since: this.#since };
    const watched = await readWatched(store.db, watcher, now);
    this.#lastRound = now;
    const rows = await readAlarmRows(
      store.db,
      watched.map(({ pipelineId }) => pipelineId),
    );
    for (const pipeline of watched) {
      const { pipelineId } = pipeline;
      try {
        if (changesOf(pipeline, rows.get(pipelineId) ?? [], now).length === 0) continue;
        if ((await lookAtPipeline(this.#deps, watcher, pipelineId, now)) > 0) onTold();
      } catch (error) {
        log.error({ pipelineId, reason: messageOf(error) }, 'the alarms of a pipeline could not be looked at');
      }
    }
  }
}
