import { AppError, messageOf, type RunFailure } from '@penstock/model';

/** What the service is told of an error that ended the run, or a part of it. */
export const failureOf = (error: unknown): RunFailure => {
  if (!(error instanceof AppError)) return { code: 'WORKER_BUG', message: messageOf(error), retryable: true };
  const stage = typeof error.params.stage === 'string' ? { stage: error.params.stage } : {};
  return { code: error.code, message: error.message, retryable: error.retryable || error.domain !== 'user', ...stage };
};
