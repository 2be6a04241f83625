import { AppError, type Waiting } from '@penstock/model';

/** Longest that the driver is left without an answer while a worker gets ready. */
export const PATIENCE_MS = 15_000;

/**
 * The outcome of work that goes on whether somebody waits for it or not; or, when it takes longer than the patience of
 * whoever asked, a word on why, retryable: what is waited for, else `START_UNDER_WAY`.
 */
export const withinPatience = async <T>(
  work: Promise<T>,
  waiting: () => Waiting | undefined,
  patienceMs = PATIENCE_MS,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(notYet(waiting())), patienceMs);
  });
  try {
    return await Promise.race([work, impatience]);
  } finally {
    clearTimeout(timer);
    // Whoever asks again hears of it; it may be that nobody does.
    work.catch(() => undefined);
  }
};

const notYet = (waiting: Waiting | undefined): AppError =>
  waiting === undefined
    ? new AppError('START_UNDER_WAY', 'State is being restored.', { domain: 'external', retryable: true })
    : new AppError(waiting.code, waiting.message, { domain: 'external', retryable: true });
