import { type Code, resultOf } from '@penstock/client/session';
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

/** What a code means and what to do, in a language; null where the service does not know it: a script may make one up. */
export const codeQuery = (code: string, language: 'en' | 'zh') =>
  queryOptions({
    queryKey: ['code', code, language],
    queryFn: async (): Promise<Code | null> => {
      const answer = await api.GET('/api/v1/codes/{code}', { params: { path: { code }, query: { language } } });
      return answer.response.status === 404 ? null : resultOf(Promise.resolve(answer));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
