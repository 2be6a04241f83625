import type { Alarm } from '@penstock/client/session';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { acknowledgeAlarm, shelveAlarm } from '../../api/alarms.ts';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { SelectField, TextField } from '../../kit/field.tsx';
import { useNow } from '../../reader/clock.ts';
import { useText } from '../../reader/use-text.ts';
import { invalidateAlarms } from './invalidate-alarms.ts';

/** For how long an alarm is put aside, in minutes: an hour, a shift, a day, a week. */
const SHELF_MINUTES = [15, 60, 480, 1440, 10_080] as const;

interface ResponseDialogProps {
  readonly kind: 'acknowledge' | 'shelve';
  readonly alarm: Alarm;
  readonly onClose: () => void;
}

/** Says that an alarm is known, or puts it aside for a while; both want to know why. */
export const ResponseDialog = ({ kind, alarm, onClose }: ResponseDialogProps) => {
  const { t, duration, time } = useText();
  const client = useQueryClient();
  const now = useNow();
  const [note, setNote] = useState('');
  const [minutes, setMinutes] = useState<number>(60);
  const name = { name: alarm.pipelineName, rule: t(`alarms.rule.${alarm.rule}`) };
  const submit = async (): Promise<void> => {
    try {
      if (kind === 'acknowledge') await acknowledgeAlarm(alarm, note.trim());
      else await shelveAlarm(alarm, minutes, note.trim());
    } finally {
      // Where somebody was first, that is seen behind the refusal.
      await invalidateAlarms(client);
    }
  };
  return (
    <ConfirmDialog
      title={t(`alarms.${kind}Of`, name)}
      action={t(`alarms.${kind}`)}
      isIncomplete={note.trim() === ''}
      onConfirm={submit}
      onClose={onClose}
    >
      <p>{t(`alarms.${kind}What`)}</p>
      {kind === 'shelve' && (
        <SelectField
          label={t('alarms.shelveFor')}
          hint={t('alarms.shelveUntil', { time: time(now + minutes * 60_000) })}
          value={String(minutes)}
          options={SHELF_MINUTES.map((value) => ({ value: String(value), text: duration(value * 60_000) }))}
          onChange={({ target }) => setMinutes(Number(target.value))}
        />
      )}
      <TextField
        label={t('alarms.note')}
        hint={t('alarms.noteHint')}
        maxLength={500}
        autoComplete="off"
        value={note}
        onChange={({ target }) => setNote(target.value)}
      />
    </ConfirmDialog>
  );
};
