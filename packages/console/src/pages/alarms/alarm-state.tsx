import type { Alarm } from '@penstock/client/session';
import { BellRing, CircleCheck, CircleHelp, Hourglass, type LucideIcon, RotateCcw } from 'lucide-react';
import { Mark, type Tone } from '../../kit/mark.tsx';
import { useText } from '../../reader/use-text.ts';

const LOOKS: Readonly<Record<Alarm['state'], { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  normal: { icon: CircleCheck, tone: 'good' },
  pending: { icon: Hourglass, tone: 'warn' },
  alerting: { icon: BellRing, tone: 'bad' },
  recovering: { icon: RotateCcw, tone: 'warn' },
  'no-data': { icon: CircleHelp, tone: 'warn' },
};

/** A state of an alarm by picture, word and colour; what the state means is said where it is pointed at. */
export const AlarmState = ({ state }: { readonly state: Alarm['state'] }) => {
  const { t } = useText();
  return (
    <Mark {...LOOKS[state]} title={t(`alarms.means.${state}`)}>
      {t(`alarms.state.${state}`)}
    </Mark>
  );
};
