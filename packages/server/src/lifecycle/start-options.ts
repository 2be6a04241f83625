import { advancedParameters, commandsIn, nextState } from '@penstock/model';
import type { GrantResource } from '@penstock/modes';
import { and, desc, eq } from 'drizzle-orm';
import { readBalances } from '../resources/balances.ts';
import { findStartLock } from '../runs/start-lock.ts';
import type { Database } from '../store/open-store.ts';
import { samples } from '../store/schema.ts';
import { findPipeline } from '../use-case/find-pipeline.ts';
import type { Target, UseCaseDeps } from '../use-case/use-case.ts';

/** What a start takes where nothing is known (contract A.9). */
const DEFAULT_RATE = 1000;
/** Room above what arrives, so that a backlog gets smaller. */
const HEADROOM = 2;
/** Samples looked at: an hour of them. */
const SAMPLES = 240;

/** A read rate that is likely to do, and what it was taken from. */
export interface SuggestedRate {
  readonly kafkaRate: number;
  /** `measured`: twice what arrived while it ran last; `last-start`: what it was started with; `default`: nothing is known. */
  readonly basis: 'measured' | 'last-start' | 'default';
  /** Records per second that arrived in the source topic; null where that was not measured. */
  readonly arrivalPerSecond: number | null;
}

export interface StartOptions {
  readonly revision: number;
  /** The version a start would run; null: none is released, so none can be started. */
  readonly version: number | null;
  readonly commands: readonly string[];
  /** Why a start would be refused now whatever it asks for; null: nothing stands against it. */
  readonly obstacle: { readonly code: string; readonly message: string } | null;
  readonly suggested: SuggestedRate;
  readonly last: { readonly executionMode: number; readonly kafkaRate: number; readonly resourceConfig: string } | null;
  readonly modes: readonly ModeOption[];
  /** Parameters of `resourceConfig.advanced` (Cluster Mode). */
  readonly advanced: readonly { readonly name: string; readonly expects: string }[];
}

export interface ModeOption {
  readonly executionMode: number;
  readonly title: string;
  /** Whether it is set up on this instance. */
  readonly isConfigured: boolean;
  /** In CU; `granted` null: the organisation has no such grant. */
  readonly resources: readonly {
    readonly resource: GrantResource;
    readonly granted: number | null;
    readonly used: number;
    readonly left: number;
  }[];
}

/** What somebody who is about to start a pipeline has to know. Errors: `PIPELINE_UNKNOWN`. */
export const getStartOptions = async (deps: UseCaseDeps, target: Target): Promise<StartOptions> => {
  const { db } = deps.store;
  const pipeline = await findPipeline(db, target.orgId, target.pipelineId);
  const { status, releasedNumber, executionMode, kafkaRate, resourceConfig } = pipeline;
  const balances = await readBalances(db, target.orgId);
  const modes = deps.modes.all.map(
    (mode): ModeOption => ({
      executionMode: mode.executionMode,
      title: mode.title,
      isConfigured: mode.launcher !== undefined,
      resources: mode.grants.map((resource) => {
        const { granted, used } = balances[resource];
        const left = Math.max(0, (granted ?? 0) - used) / 1000;
        return { resource, granted: granted === undefined ? null : granted / 1000, used: used / 1000, left };
      }),
    }),
  );
  const lock = await findStartLock(db, target.orgId, deps.clock.now());
  return {
    revision: pipeline.revision,
    version: releasedNumber,
    commands: commandsIn(status),
    obstacle:
      nextState(status, 'start') === undefined
        ? {
            code: 'PIPELINE_STATUS_FORBIDS',
            message:
              status === 'EDITED'
                ? 'Release the pipeline first.'
                : `A pipeline with status ${status} cannot be started.`,
          }
        : lock === undefined
          ? null
          : { code: 'START_IN_PROGRESS', message: 'Another pipeline of the organisation is being started.' },
    suggested: await suggestRate(db, target.pipelineId, kafkaRate),
    last:
      executionMode === null || kafkaRate === null || resourceConfig === null
        ? null
        : { executionMode, kafkaRate, resourceConfig },
    modes,
    advanced: advancedParameters(),
  };
};

/** What arrived is what the end of the topic moved on by while it was looked at. */
const suggestRate = async (db: Database, pipelineId: string, last: number | null): Promise<SuggestedRate> => {
  const [newest] = await db
    .select({ topic: samples.topic, runId: samples.runId })
    .from(samples)
    .where(eq(samples.pipelineId, pipelineId))
    .orderBy(desc(samples.at))
    .limit(1);
  const rows =
    newest === undefined
      ? []
      : await db
          .select({ at: samples.at, offset: samples.offset, lag: samples.lag })
          .from(samples)
          .where(
            and(eq(samples.pipelineId, pipelineId), eq(samples.topic, newest.topic), eq(samples.runId, newest.runId)),
          )
          .orderBy(desc(samples.at))
          .limit(SAMPLES);
  const arrival = arrivalOf(rows);
  if (arrival !== null && arrival > 0)
    return {
      kafkaRate: roundUp(arrival * HEADROOM),
      basis: 'measured',
      arrivalPerSecond: Math.round(arrival * 10) / 10,
    };
  return last === null
    ? { kafkaRate: DEFAULT_RATE, basis: 'default', arrivalPerSecond: arrival }
    : { kafkaRate: last, basis: 'last-start', arrivalPerSecond: arrival };
};

/** Records per second by samples, newest first; null where there are not two of them, or the topic was made anew. */
export const arrivalOf = (
  rows: readonly { readonly at: number; readonly offset: number; readonly lag: number }[],
): number | null => {
  const [newest, oldest] = [rows[0], rows.at(-1)];
  if (newest === undefined || oldest === undefined || newest.at <= oldest.at) return null;
  const arrived = newest.offset + newest.lag - oldest.offset - oldest.lag;
  return arrived < 0 ? null : (arrived / (newest.at - oldest.at)) * 1000;
};

/** Two digits are as much as such a figure is worth. */
export const roundUp = (rate: number): number => {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, rate))) - 1);
  return Math.max(1, Math.ceil(rate / step) * step);
};
