import { useInfiniteQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { alarmsQuery } from '../../api/alarms.ts';
import { mayManage, mayOperate } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import { useSlowly } from '../../kit/live.ts';
import { LiveLine } from '../../kit/live-line.tsx';
import styles from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import { AlarmList } from './alarm-list.tsx';
import { Deliveries } from './deliveries.tsx';
import { Receivers } from './receivers.tsx';

/** Where alarms stand, who is told of them, and what was. */
export const AlarmsPage = () => {
  const { t } = useText();
  const { orgId } = useParams({ from: '/organizations/$orgId/alarms' });
  const session = useSession();
  const alarms = useInfiniteQuery({ ...alarmsQuery(orgId), refetchInterval: useSlowly() });
  const isOperator = mayOperate(session, orgId);
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t('alarms.title')}</h1>
        <span className={styles.grow} />
        <LiveLine watched={alarms} />
      </div>
      <AlarmList orgId={orgId} list={alarms} isOperator={isOperator} />
      <Receivers orgId={orgId} isManager={mayManage(session, orgId)} />
      <Deliveries orgId={orgId} isOperator={isOperator} />
    </div>
  );
};
