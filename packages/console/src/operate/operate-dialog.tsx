import { useMutation, useQueryClient } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Problem } from '../kit/notice.tsx';
import { useText } from '../reader/use-text.ts';
import { NoteField } from './note-field.tsx';
import styles from './operate.module.css';
import { operateOne, type StartRequest } from './operations.ts';
import type { Operation } from './possible.ts';
import { StartFields } from './start-fields.tsx';

export interface Wished {
  readonly operation: Operation;
  readonly pipelineId: string;
  readonly name: string;
}

/** Says what an operation does to state and positions before it does it. */
export const OperateDialog = ({ wished, onClose }: { readonly wished: Wished; readonly onClose: () => void }) => {
  const { t } = useText();
  const client = useQueryClient();
  const { operation, pipelineId, name } = wished;
  const [note, setNote] = useState('');
  const [start, setStart] = useState<StartRequest>();
  const asking = useMutation({
    mutationFn: () => operateOne({ pipelineId, operation, note, start }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('pipeline') });
    },
  });
  const isReady = operation !== 'start' || start !== undefined;
  const actions = (
    <>
      <Button onClick={onClose}>{t('app.cancel')}</Button>
      <Button
        kind={operation === 'stop' ? 'danger' : 'primary'}
        disabled={!isReady || asking.isPending}
        onClick={() => asking.mutate()}
      >
        {asking.isPending ? t('operate.working') : t(`operate.${operation}`)}
      </Button>
    </>
  );
  return (
    <Dialog title={t(`operate.${operation}Of`, { name })} onClose={onClose} actions={actions}>
      <WhatItDoes operation={operation} />
      {operation === 'start' && <StartFields pipelineId={pipelineId} onChange={setStart} />}
      <NoteField value={note} onChange={setNote} />
      {asking.isError && <Problem title={t('operate.failed')} error={asking.error} />}
    </Dialog>
  );
};

export const WhatItDoes = ({ operation }: { readonly operation: Operation }) => {
  const { t } = useText();
  return (
    <>
      <p>{t(`operate.${operation}.what`)}</p>
      {operation === 'stop' && (
        <p className={styles.warning}>
          <TriangleAlert size={16} aria-hidden="true" /> {t('operate.stop.lost')}
        </p>
      )}
    </>
  );
};
