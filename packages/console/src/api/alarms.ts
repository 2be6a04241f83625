import { type Alarm, type AlarmSettings, type PipelineAlarmSettings, resultOf } from '@penstock/client/session';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import type { AlarmFilters } from './filters/alarm-filters.ts';
import { after, listed, PAGED, WHOLE_PAGE } from './paging.ts';

/** So many are asked for at once. */
const PAGE = 50;

/** Where the alarms of an organisation's pipelines stand; those that were always normal are left out. */
export const alarmsQuery = (orgId: string, filters: AlarmFilters) =>
  infiniteQueryOptions({
    queryKey: ['alarms', orgId, filters],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/alarms', {
          params: { path: { orgId }, query: { limit: PAGE, ...filters, ...after(pageParam) } },
        }),
      ),
    ...PAGED,
  });

/** How many of them stand where. */
export const alarmCountsQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['alarm-counts', orgId],
    queryFn: () => resultOf(api.GET('/api/v1/organizations/{orgId}/alarm-counts', { params: { path: { orgId } } })),
  });

/** Times that alarms were raised, the newest first. */
export const incidentsQuery = (orgId: string) =>
  infiniteQueryOptions({
    queryKey: ['alarm-incidents', orgId],
    queryFn: ({ pageParam }) =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/alarm-incidents', {
          params: { path: { orgId }, query: { limit: PAGE, ...after(pageParam) } },
        }),
      ),
    ...PAGED,
  });

export type AlarmRanking = 'count' | 'time';

/** The alarms that rang most in the last so many days. */
export const rankingQuery = (orgId: string, days: number, by: AlarmRanking) =>
  queryOptions({
    queryKey: ['alarm-ranking', orgId, days, by],
    queryFn: () =>
      resultOf(
        api.GET('/api/v1/organizations/{orgId}/alarm-ranking', {
          params: { path: { orgId }, query: { from: Date.now() - days * 86_400_000, by } },
        }),
      ),
  });

type WhichAlarm = Pick<Alarm, 'pipelineId' | 'rule'>;

/** Says that an alarm is known. Errors: `ALARM_NOTHING_TO_ACKNOWLEDGE`, where somebody was first. */
export const acknowledgeAlarm = ({ pipelineId, rule }: WhichAlarm, note: string) =>
  resultOf(
    api.POST('/api/v1/pipelines/{pipelineId}/alarms/{rule}/acknowledge', {
      params: { path: { pipelineId, rule } },
      body: { note },
    }),
  );

/** Puts an alarm aside for so many minutes. */
export const shelveAlarm = ({ pipelineId, rule }: WhichAlarm, minutes: number, note: string) =>
  resultOf(
    api.POST('/api/v1/pipelines/{pipelineId}/alarms/{rule}/shelve', {
      params: { path: { pipelineId, rule } },
      body: { minutes, note },
    }),
  );

/** Takes an alarm back before its time. */
export const unshelveAlarm = ({ pipelineId, rule }: WhichAlarm) =>
  resultOf(
    api.POST('/api/v1/pipelines/{pipelineId}/alarms/{rule}/unshelve', { params: { path: { pipelineId, rule } } }),
  );

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
