import { AppError } from '@penstock/model';
import { deletePipeline } from '../pipelines/delete-pipeline.ts';
import { filePipeline } from '../pipelines/file-pipeline.ts';
import type { Filing } from '../pipelines/save-pipeline.ts';
import type { Target, UseCaseDeps } from '../use-case/use-case.ts';
import { pausePipeline, stopPipeline } from './change-desired.ts';
import { releasePipeline } from './release-pipeline.ts';
import { startPipeline } from './start-pipeline.ts';

/** What is to be done with each of several pipelines. */
export type ManyAction =
  | { readonly kind: 'release' | 'pause' | 'stop' | 'delete' }
  | { readonly kind: 'start'; readonly request: unknown }
  | ({ readonly kind: 'file'; readonly add: readonly string[]; readonly remove: readonly string[] } & Pick<
      Filing,
      'groupName'
    >);

/** What became of one of them. */
export interface ManyResult {
  readonly pipelineId: string;
  readonly done: boolean;
  /** Null where it was done. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

export interface ManyOptions {
  /** How long starts wait for one another, all together: an organisation starts one pipeline at a time. */
  readonly patienceMs: number;
  /** Waits; rejects or resolves early when nobody waits for the answer any more. */
  readonly pause: (ms: number) => Promise<void>;
  readonly isGivenUp: () => boolean;
}

const LOOK_AGAIN_MS = 250;

/**
 * Does the same with several pipelines, one after the other, and says of each what became of it: what is refused for
 * one keeps nobody from the next. What nobody foresaw ends it, for it says nothing about a pipeline.
 */
export const operateMany = async (
  deps: UseCaseDeps,
  targets: readonly Target[],
  action: ManyAction,
  options: ManyOptions,
): Promise<readonly ManyResult[]> => {
  const results: ManyResult[] = [];
  let patience = options.patienceMs;
  for (const target of targets) {
    for (;;) {
      const result = await operateOne(deps, target, action);
      const isHeldUp = result.problem?.code === 'START_IN_PROGRESS' && patience > 0 && !options.isGivenUp();
      if (!isHeldUp) {
        results.push(result);
        break;
      }
      patience -= LOOK_AGAIN_MS;
      await options.pause(LOOK_AGAIN_MS);
    }
  }
  return results;
};

const operateOne = async (deps: UseCaseDeps, target: Target, action: ManyAction): Promise<ManyResult> => {
  const { pipelineId } = target;
  try {
    await perform(deps, target, action);
    return { pipelineId, done: true, problem: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.domain === 'internal') throw error;
    return { pipelineId, done: false, problem: { code: error.code, message: error.message } };
  }
};

const perform = async (deps: UseCaseDeps, target: Target, action: ManyAction): Promise<unknown> => {
  switch (action.kind) {
    case 'release':
      return releasePipeline(deps, target);
    case 'start':
      return startPipeline(deps, target, action.request);
    case 'pause':
      return pausePipeline(deps, target);
    case 'stop':
      return stopPipeline(deps, target);
    case 'delete':
      return deletePipeline(deps, target);
    case 'file': {
      const { kind: _, ...change } = action;
      return filePipeline(deps, target, change);
    }
  }
};
