import { resultOf } from '@penstock/client/session';
import { queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client.ts';

/** One's own sessions, the last begun first. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: () => resultOf(api.GET('/api/v1/sessions')),
});

export const endSession = (sessionId: string) =>
  resultOf(api.DELETE('/api/v1/sessions/{sessionId}', { params: { path: { sessionId } } }));

export const endOtherSessions = () => resultOf(api.DELETE('/api/v1/sessions'));

/** Sets one's password. `current`: as it is now, where that is asked for. Errors: `CREDENTIALS_WRONG`, `FIELD_INVALID`. */
export const setPassword = (password: string, current: string | undefined) =>
  resultOf(api.PUT('/api/v1/session/password', { body: { password, ...(current === undefined ? {} : { current }) } }));
