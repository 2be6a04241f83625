import { setTimeout as delay } from 'node:timers/promises';
import {
  type Clock,
  compilePlan,
  type OperatorRegistry,
  type SnapshotSlot,
  snapshotBounds,
  snapshotSlotsOf,
} from '@penstock/engine';
import { AppError, isJsonObject, type JsonValue, PipelineState, type SnapshotRecord } from '@penstock/model';
import { eq } from 'drizzle-orm';
import { readRunDocument } from '../runs/run-store.ts';
import { askForSnapshot, readSnapshot, removeSnapshot } from '../runs/snapshot-requests.ts';
import type { Store } from '../store/open-store.ts';
import { runs } from '../store/schema.ts';
import { findPipeline } from '../use-case/find-pipeline.ts';
import { readOwnLibrariesOf } from '../use-case/read-libraries.ts';
import { fieldInvalid, type Target, UseCaseError } from '../use-case/use-case.ts';
import { type StageView, viewSnapshot } from './snapshot-view.ts';

export interface SnapshotDeskDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly registry: OperatorRegistry;
  readonly newId: () => string;
}

/** `concurrent`: waiting in this instance. `pollMs`: how often the database is asked whether it has come. */
export const SNAPSHOT_LIMITS = { concurrent: 16, pollMs: 200 };

export interface SnapshotOrder {
  /** Per stage and direction; fewer are taken where a pipeline has very many stages. */
  readonly records: number;
  readonly stage?: string;
  readonly timeoutMs: number;
}

export interface SnapshotAnswer {
  readonly records: readonly StageView[];
  /** False when time ran out, or the run ended, before every stage had shown as many as asked for. */
  readonly complete: boolean;
  readonly waitedMs: number;
}

/**
 * Waits for looks at running pipelines. The request lies in the database, where whichever instance hears the next
 * heartbeat finds it and leaves the answer. Errors: `PIPELINE_UNKNOWN`, `PIPELINE_STATUS_FORBIDS`, `FIELD_INVALID`,
 * `SNAPSHOT_BUSY`, and `SNAPSHOT_ENDED` when the service ends meanwhile.
 */
export class SnapshotDesk {
  readonly #deps: SnapshotDeskDeps;
  readonly #limits: typeof SNAPSHOT_LIMITS;
  readonly #closing = new AbortController();
  readonly #waiting = new Set<Promise<unknown>>();

  constructor(deps: SnapshotDeskDeps, limits: typeof SNAPSHOT_LIMITS = SNAPSHOT_LIMITS) {
    this.#deps = deps;
    this.#limits = limits;
  }

  /** `signal`: whoever asked has gone away. */
  async take(target: Target, order: SnapshotOrder, signal: AbortSignal): Promise<SnapshotAnswer> {
    if (this.#closing.signal.aborted) throw ended();
    if (this.#waiting.size >= this.#limits.concurrent)
      throw busy(`This service instance is taking ${this.#waiting.size} snapshots already. Try again in a moment.`);
    const taking = this.#take(target, order, AbortSignal.any([signal, this.#closing.signal]));
    this.#waiting.add(taking);
    try {
      return await taking;
    } finally {
      this.#waiting.delete(taking);
    }
  }

  /** Ends what is under way; resolves when nothing of it is left in the database. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#waiting);
  }

  async #take(target: Target, order: SnapshotOrder, signal: AbortSignal): Promise<SnapshotAnswer> {
    const { store, clock, newId } = this.#deps;
    const { runId, document, slots } = await this.#subject(target, order.stage);
    const { records } = snapshotBounds(slots.length, order.records);
    const id = newId();
    const askedAt = clock.now();
    const expiresAt = askedAt + order.timeoutMs;
    const request = { id, records, ...(order.stage === undefined ? {} : { stage: order.stage }) };
    const wanted = records * slots.length;
    const isTaken = await askForSnapshot(
      store.db,
      { pipelineId: target.pipelineId, runId, request, wanted, expiresAt },
      askedAt,
    );
    if (!isTaken)
      throw busy('Somebody is taking a snapshot of this pipeline already. Try again when it has been answered.');
    try {
      const { caught, isComplete } = await this.#wait(id, expiresAt, signal);
      return {
        records: viewSnapshot(slots, caught, document),
        complete: isComplete,
        waitedMs: clock.now() - askedAt,
      };
    } finally {
      await removeSnapshot(store.db, id);
    }
  }

  /** The run to look at, its document, and where records can be caught in it. */
  async #subject(
    { orgId, pipelineId }: Target,
    stage: string | undefined,
  ): Promise<{ runId: string; document: JsonValue; slots: SnapshotSlot[] }> {
    const { store, registry } = this.#deps;
    const { status, currentRunId } = await findPipeline(store.db, orgId, pipelineId);
    const [run] =
      status !== PipelineState.Running || currentRunId === null
        ? []
        : await store.db.select().from(runs).where(eq(runs.runId, currentRunId));
    if (run === undefined)
      throw new UseCaseError(
        'PIPELINE_STATUS_FORBIDS',
        'conflict',
        `A snapshot shows records of a running pipeline; this one is ${status}. Start it, or use a preview.`,
        { params: { status, command: 'snapshot' } },
      );
    const { document: text, messageChannel } = await readRunDocument(store.db, pipelineId, run.versionNumber);
    const document = JSON.parse(text) as JsonValue;
    const ownLibraries = isJsonObject(document) ? await readOwnLibrariesOf(store.db, orgId, [document]) : [];
    const facts = { pipelineId, orgId, messageChannel, ownLibraries };
    const { plan, issues } = compilePlan(document, { registry, facts });
    if (plan === undefined)
      throw new UseCaseError('DOCUMENT_INVALID', 'invalid', 'The released document does not compile.', { issues });
    const slots = snapshotSlotsOf(plan, stage);
    if (slots.length > 0) return { runId: run.runId, document, slots };
    const names = [...new Set(snapshotSlotsOf(plan).map((slot) => slot.stage))].join(', ');
    throw fieldInvalid('/stage', `The running pipeline has no stage "${stage}". Its stages: ${names}.`);
  }

  async #wait(
    id: string,
    expiresAt: number,
    signal: AbortSignal,
  ): Promise<{ caught: readonly SnapshotRecord[]; isComplete: boolean }> {
    const { store, clock } = this.#deps;
    let caught: readonly SnapshotRecord[] = [];
    for (;;) {
      const progress = await readSnapshot(store.db, id);
      // Gone: another instance, whose clock is ahead, has seen it expire; or the pipeline was deleted.
      if (progress === undefined) return { caught, isComplete: false };
      caught = progress.records;
      if (progress.isComplete || progress.isRunOver || clock.now() >= expiresAt)
        return { caught, isComplete: progress.isComplete };
      try {
        await delay(this.#limits.pollMs, undefined, { signal });
      } catch {
        throw ended(); // the signal is the only thing a delay fails of
      }
    }
  }
}

const busy = (message: string): AppError =>
  new AppError('SNAPSHOT_BUSY', message, { domain: 'external', retryable: true });

const ended = (): AppError =>
  new AppError('SNAPSHOT_ENDED', 'The service is ending, or nobody waits for the snapshot any more. Try again.', {
    domain: 'external',
    retryable: true,
  });
