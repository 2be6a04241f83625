import { AppError } from '@penstock/model';
import { ApiError } from './error-handler.ts';

const STATUS: Readonly<Record<string, number>> = {
  PREVIEW_BUSY: 429,
  PREVIEW_TIMEOUT: 422,
  PREVIEW_TOO_LARGE: 422,
  PREVIEW_CRASHED: 422,
};

/** A preview that could not be run as the HTTP error that it is. */
export const refusePreview = (error: unknown): never => {
  const status = error instanceof AppError ? STATUS[error.code] : undefined;
  if (error instanceof AppError && status !== undefined) throw new ApiError(status, error.code, error.message);
  throw error;
};
