import type { Alarm } from '@penstock/client/session';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { AlarmSettingsDialog } from '../../alarm-settings/alarm-settings-dialog.tsx';
import { unshelveAlarm } from '../../api/alarms.ts';
import { type AlarmFilters, showsAllAlarms } from '../../api/filters/alarm-filters.ts';
import { Button } from '../../kit/button.tsx';
import { Empty, Problem, Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { More, type PagedList, Table, tableStyles } from '../../kit/table.tsx';
import { useNow } from '../../reader/clock.ts';
import { useText } from '../../reader/use-text.ts';
import { AlarmStanding } from './alarm-standing.tsx';
import { factsText } from './facts-text.ts';
import { invalidateAlarms } from './invalidate-alarms.ts';
import { ResponseDialog } from './response-dialog.tsx';

interface AlarmListProps {
  readonly orgId: string;
  readonly list: PagedList & {
    readonly data: { readonly pages: readonly { readonly items: readonly Alarm[] }[] } | undefined;
    readonly isError: boolean;
    readonly error: unknown;
    readonly refetch: () => Promise<unknown>;
  };
  readonly filters: AlarmFilters;
  readonly onShow: (filters: AlarmFilters) => void;
  readonly isOperator: boolean;
}

type Asked = 'acknowledge' | 'shelve' | 'settings';

/** What wants attention comes first. */
const ORDER: readonly Alarm['state'][] = ['alerting', 'no-data', 'pending', 'recovering', 'normal'];

const byAttention = (one: Alarm, other: Alarm): number =>
  Number(other.unacknowledgedSince !== null) - Number(one.unacknowledgedSince !== null) ||
  ORDER.indexOf(one.state) - ORDER.indexOf(other.state) ||
  other.since - one.since;

/** Where each alarm stands, since when, what was seen, and who knows of it. */
export const AlarmList = ({ orgId, list, filters, onShow, isOperator }: AlarmListProps) => {
  const { t, duration } = useText();
  const client = useQueryClient();
  const now = useNow();
  const [asked, setAsked] = useState<{ readonly what: Asked; readonly alarm: Alarm }>();
  const returning = useMutation({ mutationFn: unshelveAlarm, onSettled: () => invalidateAlarms(client) });
  const close = (): void => setAsked(undefined);
  const columns = [
    { name: t('alarms.pipeline') },
    { name: t('alarms.rule') },
    { name: t('alarms.state') },
    { name: t('alarms.since'), isNumber: true },
    { name: t('alarms.facts') },
    ...(isOperator ? [{ name: t('table.actions') }] : []),
  ];
  const actionsOf = (alarm: Alarm) => {
    const name = { name: alarm.pipelineName, rule: t(`alarms.rule.${alarm.rule}`) };
    return (
      <div className={styles.tools}>
        {alarm.unacknowledgedSince !== null && (
          <Button aria-label={t('alarms.acknowledgeOf', name)} onClick={() => setAsked({ what: 'acknowledge', alarm })}>
            {t('alarms.acknowledge')}
          </Button>
        )}
        {alarm.shelved === null ? (
          <Button aria-label={t('alarms.shelveOf', name)} onClick={() => setAsked({ what: 'shelve', alarm })}>
            {t('alarms.shelve')}
          </Button>
        ) : (
          <Button
            aria-label={t('alarms.unshelveOf', name)}
            disabled={returning.isPending}
            onClick={() => returning.mutate(alarm)}
          >
            {t('alarms.unshelve')}
          </Button>
        )}
        <Button
          aria-label={t('alarms.settingsOf', { name: alarm.pipelineName })}
          onClick={() => setAsked({ what: 'settings', alarm })}
        >
          {t('alarms.settings')}
        </Button>
      </div>
    );
  };
  return (
    <section className={styles.section}>
      <div className={styles.tools}>
        <h2>{t('alarms.now')}</h2>
        {!showsAllAlarms(filters) && <Button onClick={() => onShow({})}>{t('alarms.showAll')}</Button>}
      </div>
      {returning.isError && <Problem title={t('operate.failed')} error={returning.error} />}
      <Queried query={list} failed={t('alarms.failed')}>
        {({ pages }) => {
          const alarms = pages.flatMap(({ items }) => items).sort(byAttention);
          if (alarms.length === 0)
            return showsAllAlarms(filters) ? (
              <Empty title={t('alarms.none')} hint={t('alarms.noneHint')} />
            ) : (
              <Empty title={t('alarms.noMatch')} />
            );
          return (
            <Table label={t('alarms.now')} columns={columns}>
              {alarms.map((alarm) => (
                <tr key={`${alarm.pipelineId} ${alarm.rule}`}>
                  <th scope="row" className={tableStyles.wide}>
                    <Link
                      to="/organizations/$orgId/pipelines/$pipelineId"
                      params={{ orgId, pipelineId: alarm.pipelineId }}
                    >
                      {alarm.pipelineName}
                    </Link>
                  </th>
                  <td>{t(`alarms.rule.${alarm.rule}`)}</td>
                  <td className={tableStyles.wide}>
                    <AlarmStanding alarm={alarm} now={now} />
                  </td>
                  <td className={tableStyles.number}>{t('time.ago', { time: duration(now - alarm.since) })}</td>
                  <td className={tableStyles.code}>{factsText(alarm.facts)}</td>
                  {isOperator && <td>{actionsOf(alarm)}</td>}
                </tr>
              ))}
            </Table>
          );
        }}
      </Queried>
      <More list={list} />
      {asked?.what === 'settings' && (
        <AlarmSettingsDialog
          orgId={orgId}
          pipelineId={asked.alarm.pipelineId}
          name={asked.alarm.pipelineName}
          onClose={close}
        />
      )}
      {(asked?.what === 'acknowledge' || asked?.what === 'shelve') && (
        <ResponseDialog kind={asked.what} alarm={asked.alarm} onClose={close} />
      )}
    </section>
  );
};
