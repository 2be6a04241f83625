import { PenstockError } from '@penstock/client/session';
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { sessionQuery } from '../api/session.ts';

/** What the service refuses will be refused again; what it did not answer may be answered the next time. */
const MAX_RETRIES = 2;

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // The session ended: whoever looks signs in, and is where they were.
    onError: (error) => {
      if (error instanceof PenstockError && error.status === 401) queryClient.setQueryData(sessionQuery.queryKey, null);
    },
  }),
  defaultOptions: {
    queries: {
      retry: (failures, error) =>
        failures < MAX_RETRIES && !(error instanceof PenstockError && error.status >= 400 && error.status < 500),
      retryDelay: 500,
      staleTime: 1000,
    },
    mutations: { retry: false },
  },
});
