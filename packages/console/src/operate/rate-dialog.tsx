import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '../kit/confirm-dialog.tsx';
import { TextField } from '../kit/field.tsx';
import { useText } from '../reader/use-text.ts';
import { NoteField } from './note-field.tsx';
import { changeRate } from './operations.ts';

interface RateDialogProps {
  readonly pipelineId: string;
  readonly name: string;
  /** As it is now. */
  readonly kafkaRate: number;
  readonly onClose: () => void;
}

/** Changes how fast a pipeline reads, while it runs. */
export const RateDialog = ({ pipelineId, name, kafkaRate, onClose }: RateDialogProps) => {
  const { t } = useText();
  const client = useQueryClient();
  const [rate, setRate] = useState(String(kafkaRate));
  const [note, setNote] = useState('');
  const isWhole = /^[1-9]\d{0,8}$/.test(rate.trim());
  return (
    <ConfirmDialog
      title={t('operate.rateOf', { name })}
      action={t('resources.change')}
      isIncomplete={!isWhole}
      onConfirm={async () => {
        await changeRate(pipelineId, Number(rate), note);
        await client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('pipeline') });
      }}
      onClose={onClose}
    >
      <p>{t('operate.rate.what')}</p>
      <TextField
        label={t('operate.rate')}
        inputMode="numeric"
        autoComplete="off"
        value={rate}
        aria-invalid={!isWhole}
        onChange={({ target }) => setRate(target.value)}
      />
      <NoteField value={note} onChange={setNote} />
    </ConfirmDialog>
  );
};
