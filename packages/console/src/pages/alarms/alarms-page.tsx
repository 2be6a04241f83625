import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { alarmsQuery } from '../../api/alarms.ts';
import type { AlarmFilters } from '../../api/filters/alarm-filters.ts';
import { mayManage, mayOperate } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import { useSlowly } from '../../kit/live.ts';
import { LiveLine } from '../../kit/live-line.tsx';
import styles from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import { AlarmCounts } from './alarm-counts.tsx';
import { AlarmList } from './alarm-list.tsx';
import { AlarmRanking } from './alarm-ranking.tsx';
import { Incidents } from './incidents.tsx';
import { Deliveries } from './receivers/deliveries.tsx';
import { Receivers } from './receivers/receivers.tsx';

/** Where alarms stand, which ring most, what was, and who is told of them. */
export const AlarmsPage = () => {
  const { t } = useText();
  const { orgId } = useParams({ from: '/organizations/$orgId/alarms' });
  const filters = useSearch({ from: '/organizations/$orgId/alarms' });
  const navigate = useNavigate({ from: '/organizations/$orgId/alarms' });
  const session = useSession();
  const alarms = useInfiniteQuery({ ...alarmsQuery(orgId, filters), refetchInterval: useSlowly() });
  const isOperator = mayOperate(session, orgId);
  const show = (next: AlarmFilters) => void navigate({ search: next });
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t('alarms.title')}</h1>
        <span className={styles.grow} />
        <LiveLine watched={alarms} />
      </div>
      <AlarmCounts orgId={orgId} filters={filters} onShow={show} />
      <AlarmList orgId={orgId} list={alarms} filters={filters} onShow={show} isOperator={isOperator} />
      <AlarmRanking orgId={orgId} />
      <Incidents orgId={orgId} />
      <Receivers orgId={orgId} isManager={mayManage(session, orgId)} />
      <Deliveries orgId={orgId} isOperator={isOperator} />
    </div>
  );
};
