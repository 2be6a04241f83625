import { type AlarmSettings, type PipelineAlarmSettings, resultOf } from '@penstock/client/session';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { after, listed, PAGED, WHOLE_PAGE } from './paging.ts';

/** So many are asked for at once. */
const PAGE = 50;

/** Where the alarms of an organisation's pipelines stand; those that were always normal are left out. */
export const alarmsQuery = (orgId: string) =>
  infiniteQueryOptions({
    queryKey: ['alarms', orgId],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/alarms', {
          params: { path: { orgId }, query: { limit: PAGE, ...after(pageParam) } },
        }),
      ),
    ...PAGED,
  });

/** What was told to whom, the newest first. */
export const deliveriesQuery = (orgId: string) =>
  infiniteQueryOptions({
    queryKey: ['alarm-deliveries', orgId],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/alarm-deliveries', {
          params: { path: { orgId }, query: { limit: PAGE, ...after(pageParam) } },
        }),
      ),
    ...PAGED,
  });

export const receiversQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['alarm-receivers', orgId],
    queryFn: () =>
      listed((cursor) =>
        resultOf(
          api.GET('/api/v1/organizations/{orgId}/alarm-receivers', {
            params: { path: { orgId }, query: { limit: WHOLE_PAGE, ...cursor } },
          }),
        ),
      ),
  });

export interface SeenSettings extends PipelineAlarmSettings {
  /** What a change has to name as seen. */
  readonly tag: string;
}

export const alarmSettingsQuery = (pipelineId: string) =>
  queryOptions({
    queryKey: ['alarm-settings', pipelineId],
    queryFn: async (): Promise<SeenSettings> => {
      const answer = await api.GET('/api/v1/pipelines/{pipelineId}/alarm-settings', {
        params: { path: { pipelineId } },
      });
      return { ...(await resultOf(Promise.resolve(answer))), tag: answer.response.headers.get('etag') ?? '' };
    },
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Sets what is watched and who is told. Errors: `REVISION_OUTDATED`, where somebody changed it since it was seen. */
export const saveAlarmSettings = (pipelineId: string, settings: AlarmSettings, tag: string) =>
  resultOf(
    api.PUT('/api/v1/pipelines/{pipelineId}/alarm-settings', {
      params: { path: { pipelineId }, header: { 'if-match': tag } },
      body: settings,
    }),
  );
