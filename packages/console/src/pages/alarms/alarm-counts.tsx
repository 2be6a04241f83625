import { useQuery } from '@tanstack/react-query';
import { alarmCountsQuery } from '../../api/alarms.ts';
import { type AlarmFilters, sameFilters } from '../../api/filters/alarm-filters.ts';
import { useSlowly } from '../../kit/live.ts';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import styles from './alarms-page.module.css';

interface AlarmCountsProps {
  readonly orgId: string;
  readonly filters: AlarmFilters;
  readonly onShow: (filters: AlarmFilters) => void;
}

/** The four states of an alarm that was raised: open or over, acknowledged or not. Choosing a number shows what it counts. */
export const AlarmCounts = ({ orgId, filters, onShow }: AlarmCountsProps) => {
  const { t, number } = useText();
  const { data } = useQuery({ ...alarmCountsQuery(orgId), refetchInterval: useSlowly() });
  // Where it cannot be read, the list below says so.
  if (data === undefined) return null;
  const choice = (name: string, count: number, wanted: AlarmFilters, isUrgent = false) => {
    const isShown = sameFilters(filters, wanted);
    return (
      <button
        type="button"
        className={`${styles.count} ${isUrgent && count > 0 ? styles.urgent : ''}`}
        aria-pressed={isShown}
        aria-label={`${name}: ${number(count)}`}
        onClick={() => onShow(isShown ? {} : wanted)}
      >
        {number(count)}
      </button>
    );
  };
  const rows = [
    { isOpen: true, name: t('alarms.count.open'), counts: data.open },
    { isOpen: false, name: t('alarms.count.over'), counts: data.over },
  ];
  const columns = [
    { name: t('alarms.count.what') },
    { name: t('alarms.count.unacknowledged'), isNumber: true },
    { name: t('alarms.count.acknowledged'), isNumber: true },
  ];
  const others = [
    { name: t('alarms.state.pending'), count: data.pending, wanted: { state: 'pending' } },
    { name: t('alarms.state.no-data'), count: data.noData, wanted: { state: 'no-data' } },
    { name: t('alarms.count.shelved'), count: data.shelved, wanted: { isShelved: true } },
  ] as const;
  return (
    <section className={`${page.section} ${styles.counts}`}>
      <Table label={t('alarms.counts')} columns={columns}>
        {rows.map(({ isOpen, name, counts }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className={tableStyles.number}>
              {choice(
                `${name}, ${t('alarms.count.unacknowledged')}`,
                counts.unacknowledged,
                { isOpen, isAcknowledged: false },
                true,
              )}
            </td>
            <td className={tableStyles.number}>
              {choice(`${name}, ${t('alarms.count.acknowledged')}`, counts.acknowledged, {
                isOpen,
                isAcknowledged: true,
              })}
            </td>
          </tr>
        ))}
      </Table>
      <ul className={styles.others} aria-label={t('alarms.count.others')}>
        {others.map(({ name, count, wanted }) => (
          <li key={name}>
            <span>{name}</span> {choice(name, count, wanted)}
          </li>
        ))}
      </ul>
    </section>
  );
};
