import type { LocalPrograms } from '@penstock/worker/local-programs';
import type { Logger } from 'pino';

/**
 * The worker's programs as they are to be launched now: a bundle, which starts in half of the CPU time, kept in
 * `folder`. Where there can be none (a folder that is full, or for reading only), the sources do the same.
 */
export const workerPrograms = async (folder: string, logger: Pick<Logger, 'info' | 'warn'>): Promise<LocalPrograms> => {
  // Loaded when the first program is launched: it brings a bundler.
  const { localPrograms, sourcePrograms } = await import('@penstock/worker/local-programs');
  try {
    return await localPrograms({ folder, onProgress: (message) => logger.info({ folder }, message) });
  } catch (error) {
    logger.warn({ err: error, folder }, 'workers cannot be bundled, and are started from their sources');
    return sourcePrograms;
  }
};
