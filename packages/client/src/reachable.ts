import { PenstockError } from './errors.ts';

/** `fetch` that turns a missing answer into a clear error: `CLIENT_UNREACHABLE`. */
export const reachable =
  (baseUrl: string, plainFetch: typeof fetch): typeof fetch =>
  async (input, init) => {
    try {
      return await plainFetch(input, init);
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') throw error;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? ('code' in cause && String(cause.code)) || cause.message : String(cause);
      throw new PenstockError(
        'CLIENT_UNREACHABLE',
        `Penstock does not answer at ${baseUrl} (${why}). Is it running, and is the address right?`,
        { status: 0, cause: error },
      );
    }
  };
