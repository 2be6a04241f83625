import type { Alarm } from '@penstock/client/session';
import { BellOff, UserCheck, UserX } from 'lucide-react';
import { Mark } from '../../kit/mark.tsx';
import styles from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import { AlarmState } from './alarm-state.tsx';

interface AlarmStandingProps {
  readonly alarm: Alarm;
  /** Unix ms. */
  readonly now: number;
}

/** Where an alarm stands, when that changes by itself, whether somebody knows, and until when nobody is told. */
export const AlarmStanding = ({ alarm, now }: AlarmStandingProps) => {
  const { t, duration, time } = useText();
  const { state, isOpen, changesAt, unacknowledgedSince, acknowledged, shelved } = alarm;
  const left = changesAt === null ? undefined : duration(changesAt - now);
  return (
    <>
      <AlarmState state={state} />
      {left !== undefined && (state === 'pending' || state === 'recovering') && (
        <div className={styles.hint}>{t(`alarms.left.${state}`, { time: left })}</div>
      )}
      {unacknowledgedSince !== null && (
        <div>
          <Mark tone={isOpen ? 'bad' : 'warn'} icon={UserX}>
            {t(isOpen ? 'alarms.unacknowledged' : 'alarms.overUnacknowledged')}
          </Mark>
        </div>
      )}
      {acknowledged !== null && isOpen && (
        <div>
          <Mark tone="good" icon={UserCheck}>
            {t('alarms.acknowledgedBy', { who: acknowledged.by, at: time(acknowledged.at) })}
          </Mark>
          <div className={styles.hint}>{acknowledged.note}</div>
        </div>
      )}
      {shelved !== null && (
        <div>
          <Mark tone="warn" icon={BellOff}>
            {t('alarms.shelvedUntil', { time: time(shelved.until), left: duration(shelved.until - now) })}
          </Mark>
          <div className={styles.hint}>
            {shelved.by}: {shelved.note}
          </div>
        </div>
      )}
    </>
  );
};
