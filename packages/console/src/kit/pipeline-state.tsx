import type { PipelineSummary } from '@penstock/client/session';
import {
  CircleDashed,
  CirclePause,
  CirclePlay,
  CircleStop,
  CircleX,
  Hourglass,
  LoaderCircle,
  PencilLine,
  Send,
  TriangleAlert,
} from 'lucide-react';
import type { Translate } from '../messages/translate.ts';
import { useNow } from '../reader/clock.ts';
import { useText } from '../reader/use-text.ts';
import styles from './pipeline-state.module.css';

/** Each state has a picture, a word and a colour; any two of them would do. */
const LOOKS = {
  EDITED: { icon: PencilLine, tone: 'quiet' },
  PUBLISHED: { icon: Send, tone: 'quiet' },
  STARTING: { icon: LoaderCircle, tone: 'moving' },
  RUNNING: { icon: CirclePlay, tone: 'good' },
  PAUSING: { icon: Hourglass, tone: 'moving' },
  PAUSED: { icon: CirclePause, tone: 'warn' },
  STOPPING: { icon: Hourglass, tone: 'moving' },
  STOPPED: { icon: CircleStop, tone: 'quiet' },
  START_ERROR: { icon: CircleX, tone: 'bad' },
  RUN_ERROR: { icon: CircleX, tone: 'bad' },
} as const;
type KnownState = keyof typeof LOOKS;

const isKnown = (state: string): state is KnownState => Object.hasOwn(LOOKS, state);

/** A heartbeat comes every second or two; this much without one is worth a look. */
const OLD_MS = 15_000;

export const stateName = (t: Translate, state: string): string => (isKnown(state) ? t(`state.${state}`) : state);

interface PipelineStateProps {
  readonly observed: PipelineSummary['observed'];
  /** When the service said so, Unix ms. */
  readonly toldAt: number;
}

/** What state a pipeline was last seen in, how long ago and by what. */
export const PipelineState = ({ observed, toldAt }: PipelineStateProps) => {
  const { t, duration } = useText();
  const now = useNow();
  const { state, source } = observed;
  const age = observed.ageMs + Math.max(0, now - toldAt);
  const isOld = source !== 'database' && age > OLD_MS;
  const { icon: Icon, tone } = isKnown(state) ? LOOKS[state] : { icon: CircleDashed, tone: 'quiet' as const };
  const evidence = t(`evidence.${source}`, { time: duration(age) });
  return (
    <span className={styles.state}>
      <Icon size={16} className={styles[tone]} aria-hidden="true" />
      <span className={styles[tone]}>{stateName(t, state)}</span>
      {isOld ? (
        <span className={`${styles.evidence} ${styles.warn}`}>
          <TriangleAlert size={12} aria-hidden="true" /> {t('evidence.old', { time: evidence })}
        </span>
      ) : (
        <span className={styles.evidence}>{evidence}</span>
      )}
    </span>
  );
};
