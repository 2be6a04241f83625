import { resultOf } from '@penstock/client/session';
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';

/** How the installation stands; only for who administers it. */
export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: () => resultOf(api.GET('/api/v1/system')),
});

/** Says that the database belongs here now, restored or moved as it may be: runs are looked after again. */
export const adoptSite = () => resultOf(api.POST('/api/v1/system/adopt'));
