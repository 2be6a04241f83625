import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Activity } from 'lucide-react';
import { useState } from 'react';
import { type AlarmRanking as By, rankingQuery } from '../../api/alarms.ts';
import { SelectField } from '../../kit/field.tsx';
import { useSlowly } from '../../kit/live.ts';
import { Mark } from '../../kit/mark.tsx';
import { Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useNow } from '../../reader/clock.ts';
import { useText } from '../../reader/use-text.ts';

const DAYS = [1, 7, 30] as const;
const BY: readonly By[] = ['count', 'time'];

/** The ten alarms that ring most: what is worth mending, or watched too closely. */
export const AlarmRanking = ({ orgId }: { readonly orgId: string }) => {
  const { t, number, duration } = useText();
  const now = useNow();
  const [days, setDays] = useState<(typeof DAYS)[number]>(7);
  const [by, setBy] = useState<By>('count');
  const found = useQuery({ ...rankingQuery(orgId, days, by), refetchInterval: useSlowly(10) });
  const columns = [
    { name: t('alarms.pipeline') },
    { name: t('alarms.rule') },
    { name: t('ranking.count'), isNumber: true },
    { name: t('ranking.open'), isNumber: true },
    { name: t('ranking.last'), isNumber: true },
  ];
  return (
    <section className={page.section}>
      <div className={page.tools}>
        <h2>{t('ranking.title')}</h2>
        <SelectField
          hideLabel
          label={t('ranking.days')}
          value={String(days)}
          options={DAYS.map((value) => ({ value: String(value), text: t('ranking.lastDays', { n: value }) }))}
          onChange={({ target }) => setDays(DAYS.find((each) => String(each) === target.value) ?? days)}
        />
        <SelectField
          hideLabel
          label={t('ranking.by')}
          value={by}
          options={BY.map((value) => ({ value, text: t(`ranking.by.${value}`) }))}
          onChange={({ target }) => setBy(BY.find((each) => each === target.value) ?? by)}
        />
      </div>
      <Queried query={found} failed={t('ranking.failed')}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={page.hint}>{t('ranking.none')}</p>
          ) : (
            <Table label={t('ranking.title')} columns={columns}>
              {items.map(({ pipelineId, pipelineName, rule, count, openMs, lastRaisedAt, isChattering }) => (
                <tr key={`${pipelineId} ${rule}`}>
                  <th scope="row" className={tableStyles.wide}>
                    <Link to="/organizations/$orgId/pipelines/$pipelineId" params={{ orgId, pipelineId }}>
                      {pipelineName}
                    </Link>
                  </th>
                  <td>
                    {t(`alarms.rule.${rule}`)}
                    {isChattering && (
                      <div>
                        <Mark tone="warn" icon={Activity} title={t('ranking.chatteringHint')}>
                          {t('ranking.chattering')}
                        </Mark>
                      </div>
                    )}
                  </td>
                  <td className={tableStyles.number}>{number(count)}</td>
                  <td className={tableStyles.number}>{duration(openMs)}</td>
                  <td className={tableStyles.number}>{t('time.ago', { time: duration(now - lastRaisedAt) })}</td>
                </tr>
              ))}
            </Table>
          )
        }
      </Queried>
    </section>
  );
};
