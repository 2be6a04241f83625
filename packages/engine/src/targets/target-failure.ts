import { AppError } from '@penstock/model';

export const TARGET_UNREACHABLE = 'TARGET_UNREACHABLE';
export const TARGET_UNUSABLE = 'TARGET_UNUSABLE';
export const TARGET_FENCED = 'TARGET_FENCED';

/** The target cannot be written to at the moment: the task waits, with growing pauses, and begins again where it was. */
export const targetUnreachable = (stage: string, message: string, cause?: unknown): AppError =>
  new AppError(TARGET_UNREACHABLE, message, { domain: 'external', retryable: true, cause, params: { stage } });

/** The target cannot be written to until somebody has mended it, or the stage: the run ends. */
export const targetUnusable = (stage: string, message: string, cause?: unknown): AppError =>
  new AppError(TARGET_UNUSABLE, message, { domain: 'user', cause, params: { stage } });

/** Somebody else has taken the task over, and writes in its place. */
export const targetFenced = (stage: string): AppError =>
  new AppError(TARGET_FENCED, 'A newer owner of the task writes to the destination.', {
    domain: 'external',
    params: { stage },
  });

/** Whether what a target threw speaks of the target as a whole, and not of a record. */
export const isTargetFailure = (error: unknown): error is AppError =>
  error instanceof AppError && [TARGET_UNREACHABLE, TARGET_UNUSABLE, TARGET_FENCED].includes(error.code);
