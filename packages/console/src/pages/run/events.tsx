import { useInfiniteQuery } from '@tanstack/react-query';
import { CircleX, Info, TriangleAlert } from 'lucide-react';
import { eventsQuery } from '../../api/run.ts';
import { CodeHelp } from '../../codes/code-help.tsx';
import { useLiveInterval } from '../../kit/live.ts';
import { Empty, Failed } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import state from '../../kit/pipeline-state.module.css';
import { More, Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';

const LOOKS = {
  info: { icon: Info, tone: 'quiet' },
  warning: { icon: TriangleAlert, tone: 'warn' },
  error: { icon: CircleX, tone: 'bad' },
} as const;

const severityOf = (text: string): keyof typeof LOOKS => (text === 'error' || text === 'warning' ? text : 'info');

/** What happened to the pipeline, newest first. */
export const Events = ({ pipelineId }: { readonly pipelineId: string }) => {
  const { t, time } = useText();
  const list = useInfiniteQuery({ ...eventsQuery(pipelineId), refetchInterval: useLiveInterval() });
  const events = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const columns = [{ name: t('run.event.at') }, { name: t('run.event.what') }, { name: t('run.code') }];
  return (
    <section className={page.section}>
      <h2>{t('run.events')}</h2>
      {list.isError && events.length === 0 && (
        <Failed title={t('run.loadFailed')} error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.data !== undefined && events.length === 0 && <Empty title={t('run.noEvents')} />}
      {events.length > 0 && (
        <Table label={t('run.events')} columns={columns}>
          {events.map(({ at, code, message, severity, runId }, index) => {
            const kind = severityOf(severity);
            const { icon: Icon, tone } = LOOKS[kind];
            return (
              // Events have no id of their own; those of one moment stand in an order that stays.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <tr key={`${at} ${code} ${runId} ${events.length - index}`}>
                <td className={tableStyles.nowrap}>{time(at)}</td>
                <td className={tableStyles.wide}>
                  <Icon size={14} className={state[tone]} role="img" aria-label={t(`run.severity.${kind}`)} /> {message}
                  <CodeHelp code={code} beside="all-in-english" />
                </td>
                <td className={tableStyles.code}>{code}</td>
              </tr>
            );
          })}
        </Table>
      )}
      <More list={list} label={t('run.moreEvents')} />
    </section>
  );
};
