import type { Alarm } from '@penstock/client/session';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { AlarmSettingsDialog } from '../../alarm-settings/alarm-settings-dialog.tsx';
import { Button } from '../../kit/button.tsx';
import { Empty, Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { More, type PagedList, Table, tableStyles } from '../../kit/table.tsx';
import { useNow } from '../../reader/clock.ts';
import { useText } from '../../reader/use-text.ts';
import { AlarmState } from './alarm-state.tsx';

interface AlarmListProps {
  readonly orgId: string;
  readonly list: PagedList & {
    readonly data: { readonly pages: readonly { readonly items: readonly Alarm[] }[] } | undefined;
    readonly isError: boolean;
    readonly error: unknown;
    readonly refetch: () => Promise<unknown>;
  };
  readonly isOperator: boolean;
}

/** What wants attention comes first. */
const ORDER: readonly Alarm['state'][] = ['alerting', 'no-data', 'pending', 'recovering', 'normal'];

/** Where each alarm stands, since when, and what was seen. */
export const AlarmList = ({ orgId, list, isOperator }: AlarmListProps) => {
  const { t, duration } = useText();
  const now = useNow();
  const [shown, setShown] = useState<Alarm>();
  const columns = [
    { name: t('alarms.pipeline') },
    { name: t('alarms.rule') },
    { name: t('alarms.state') },
    { name: t('alarms.since'), isNumber: true },
    { name: t('alarms.facts') },
    ...(isOperator ? [{ name: t('table.actions') }] : []),
  ];
  return (
    <section className={styles.section}>
      <h2>{t('alarms.now')}</h2>
      <Queried query={list} failed={t('alarms.failed')}>
        {({ pages }) => {
          const alarms = pages
            .flatMap(({ items }) => items)
            .sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || other.since - one.since);
          if (alarms.length === 0) return <Empty title={t('alarms.none')} hint={t('alarms.noneHint')} />;
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
                  <td>
                    <AlarmState state={alarm.state} />
                    {alarm.isOpen && <div className={styles.hint}>{t('alarms.isOpen')}</div>}
                  </td>
                  <td className={tableStyles.number}>{t('time.ago', { time: duration(now - alarm.since) })}</td>
                  <td className={tableStyles.code}>
                    {Object.entries(alarm.facts)
                      .map(([name, value]) => `${name} ${value}`)
                      .join(', ')}
                  </td>
                  {isOperator && (
                    <td>
                      <Button
                        aria-label={t('alarms.settingsOf', { name: alarm.pipelineName })}
                        onClick={() => setShown(alarm)}
                      >
                        {t('alarms.settings')}
                      </Button>
                    </td>
                  )}
                </tr>
              ))}
            </Table>
          );
        }}
      </Queried>
      <More list={list} />
      {shown !== undefined && (
        <AlarmSettingsDialog
          orgId={orgId}
          pipelineId={shown.pipelineId}
          name={shown.pipelineName}
          onClose={() => setShown(undefined)}
        />
      )}
    </section>
  );
};
