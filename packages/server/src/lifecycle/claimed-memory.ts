import type { ResourceClaim } from '@penstock/engine';
import type { WorkerSize } from '@penstock/modes';

/** What a worker takes with no claims, as measured: its program, and per thread a small heap, buffers and connections. */
const WORKER_MB = 130;
const THREAD_MB = 50;

/**
 * Why a worker of this size has not the memory that the stages of the pipeline claim, with the numbers; undefined where
 * it has. A worker is ended when it takes more than its memory, so that it would be started again and again.
 */
export const claimedTooMuch = (
  claims: readonly ResourceClaim[],
  { threads, memoryMb }: WorkerSize,
): string | undefined => {
  if (claims.length === 0) return undefined;
  const perThreadMb = claims.reduce((sum, claim) => sum + claim.perThreadMb, THREAD_MB);
  const neededMb = WORKER_MB + threads * perThreadMb;
  if (neededMb <= memoryMb) return undefined;
  const named = claims.map(({ name, perThreadMb: mb }) => `${name} ${mb} MiB`).join(', ');
  return (
    `A worker of this size has ${memoryMb} MiB for ${threads} ${threads === 1 ? 'thread' : 'threads'}, and the pipeline needs ` +
    `${neededMb} MiB: ${WORKER_MB} MiB for the worker, and for each thread ${THREAD_MB} MiB and what its stages claim (${named}). ` +
    'Ask for more, or lower the memory limits of these stages.'
  );
};
