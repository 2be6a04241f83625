import { resultOf } from '@penstock/client/session';
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';

/** How the installation stands; only for who administers it. The service says in the reader's language what grows. */
export const systemQuery = (language: string) =>
  queryOptions({
    queryKey: ['system', language],
    queryFn: () => resultOf(api.GET('/api/v1/system')),
  });

/** Says that the database belongs here now, restored or moved as it may be: runs are looked after again. */
export const adoptSite = () => resultOf(api.POST('/api/v1/system/adopt'));
