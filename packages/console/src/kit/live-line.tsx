import { CirclePause, History, Pause, Play, Radio, Unplug } from 'lucide-react';
import { useNow } from '../reader/clock.ts';
import { useText } from '../reader/use-text.ts';
import { IconButton } from './button.tsx';
import { toggleLive, useCutOff, usePaused } from './live.ts';
import styles from './live-line.module.css';

/** What the line tells of: the query that the page rests on. */
export interface Watched {
  /** When its answer came, Unix ms; 0 before the first. */
  readonly dataUpdatedAt: number;
  readonly isError: boolean;
}

interface LiveLineProps {
  readonly watched: Watched;
  /** What is shown goes so far back that it is not asked for again by itself. */
  readonly isStill?: boolean;
}

/** How fresh a page is: live, still, paused or cut off, and since when. */
export const LiveLine = ({ watched, isStill = false }: LiveLineProps) => {
  const { t, duration } = useText();
  const now = useNow();
  const isPaused = usePaused();
  const isCutOff = useCutOff();
  const age = duration(Math.max(0, now - watched.dataUpdatedAt));
  return (
    <div className={styles.line}>
      <LiveState isPaused={isPaused} isStill={isStill} isLost={watched.isError || isCutOff} age={age} />
      {watched.dataUpdatedAt > 0 && <span>{t('live.lastUpdate', { time: age })}</span>}
      <IconButton label={t(isPaused ? 'live.resume' : 'live.pause')} onClick={toggleLive}>
        {isPaused ? <Play size={14} aria-hidden="true" /> : <Pause size={14} aria-hidden="true" />}
      </IconButton>
    </div>
  );
};

interface LiveStateProps {
  readonly isPaused: boolean;
  readonly isStill: boolean;
  readonly isLost: boolean;
  readonly age: string;
}

const LiveState = ({ isPaused, isStill, isLost, age }: LiveStateProps) => {
  const { t } = useText();
  if (isPaused)
    return (
      <span className={`${styles.state} ${styles.paused}`}>
        <CirclePause size={14} aria-hidden="true" /> {t('live.paused')}
      </span>
    );
  if (isLost)
    return (
      <span className={`${styles.state} ${styles.lost}`} role="status">
        <Unplug size={14} aria-hidden="true" /> {t('live.reconnectingSince', { time: age })}
      </span>
    );
  if (isStill)
    return (
      <span className={styles.state} title={t('live.stillHint')}>
        <History size={14} aria-hidden="true" /> {t('live.still')}
      </span>
    );
  return (
    <span className={`${styles.state} ${styles.live}`}>
      <Radio size={14} aria-hidden="true" /> {t('live.live')}
    </span>
  );
};
