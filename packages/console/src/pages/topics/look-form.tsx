import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { TopicLook } from '../../api/filters/topic-filters.ts';
import { Button } from '../../kit/button.tsx';
import { SelectField, TextField } from '../../kit/field.tsx';
import { useText } from '../../reader/use-text.ts';
import { fromLocalTime, localZone, toLocalTime } from './local-time.ts';
import styles from './topics.module.css';

const BEGINNINGS = ['newest', 'offset', 'time'] as const;
type Beginning = (typeof BEGINNINGS)[number];

const HOUR_MS = 3600_000;

interface LookFormProps {
  readonly look: TopicLook;
  readonly isLooking: boolean;
  readonly onLook: (look: TopicLook) => void;
  /** The same place, as it is now. */
  readonly onAgain: () => void;
}

/** Where in the topic is looked: at the newest, from an offset on or from a time on, in one partition or in all. */
export const LookForm = ({ look, isLooking, onLook, onAgain }: LookFormProps) => {
  const { t } = useText();
  const [from, setFrom] = useState<Beginning>(beginningOf(look));
  const [partition, setPartition] = useState(textOf(look.partition));
  const [offset, setOffset] = useState(textOf(look.offset));
  const [time, setTime] = useState(() => toLocalTime(look.since ?? Date.now() - HOUR_MS));
  const next = lookOf({ from, partition, offset, time }, look.text);
  const submit = (): void => {
    if (next === undefined) return;
    if (isSame(next, look)) onAgain();
    else onLook(next);
  };
  return (
    <form
      className={styles.look}
      aria-label={t('look.where')}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <SelectField
        label={t('look.from')}
        value={from}
        options={BEGINNINGS.map((value) => ({ value, text: t(`look.from.${value}`) }))}
        onChange={({ target }) => setFrom(BEGINNINGS.find((each) => each === target.value) ?? 'newest')}
      />
      <TextField
        label={t(from === 'offset' ? 'look.partition' : 'look.partitionOrAll')}
        type="number"
        min={0}
        step={1}
        required={from === 'offset'}
        value={partition}
        onChange={({ target }) => setPartition(target.value)}
      />
      {from === 'offset' && (
        <TextField
          label={t('look.offset')}
          type="number"
          min={0}
          step={1}
          required
          value={offset}
          onChange={({ target }) => setOffset(target.value)}
        />
      )}
      {from === 'time' && (
        <TextField
          label={t('look.time', { zone: localZone() })}
          type="datetime-local"
          step={1}
          required
          value={time}
          onChange={({ target }) => setTime(target.value)}
        />
      )}
      <Button type="submit" kind="primary" disabled={isLooking || next === undefined}>
        <RefreshCw size={14} aria-hidden="true" /> {t(isLooking ? 'look.looking' : 'look.look')}
      </Button>
    </form>
  );
};

const textOf = (value: number | undefined): string => (value === undefined ? '' : String(value));

const beginningOf = ({ offset, since }: TopicLook): Beginning => {
  if (offset !== undefined) return 'offset';
  return since === undefined ? 'newest' : 'time';
};

interface Typed {
  readonly from: Beginning;
  readonly partition: string;
  readonly offset: string;
  readonly time: string;
}

const wholeOf = (text: string): number | undefined => (/^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined);

/** What the fields say; undefined where they do not say it yet. */
const lookOf = ({ from, partition, offset, time }: Typed, text: string | undefined): TopicLook | undefined => {
  const at = wholeOf(partition);
  const base = { ...(at === undefined ? {} : { partition: at }), ...(text === undefined ? {} : { text }) };
  if (from === 'newest') return base;
  if (from === 'time') {
    const since = fromLocalTime(time);
    return since === undefined ? undefined : { ...base, since };
  }
  const first = wholeOf(offset);
  return at === undefined || first === undefined ? undefined : { ...base, offset: first };
};

const isSame = (a: TopicLook, b: TopicLook): boolean =>
  a.partition === b.partition && a.offset === b.offset && a.since === b.since;
