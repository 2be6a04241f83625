import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, CircleX } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { TextField } from '../kit/field.tsx';
import { Problem } from '../kit/notice.tsx';
import { useText } from '../reader/use-text.ts';
import { NoteField } from './note-field.tsx';
import styles from './operate.module.css';
import { WhatItDoes } from './operate-dialog.tsx';
import { operateMany } from './operations.ts';
import type { Operation } from './possible.ts';

export interface WishedForMany {
  readonly orgId: string;
  readonly operation: Operation;
  readonly pipelines: readonly { readonly pipelineId: string; readonly name: string }[];
}

/** The same for several pipelines: says how many and what it does, and afterwards what became of each. */
export const BulkDialog = ({ wished, onClose }: { readonly wished: WishedForMany; readonly onClose: () => void }) => {
  const { t } = useText();
  const client = useQueryClient();
  const { orgId, operation, pipelines } = wished;
  const [note, setNote] = useState('');
  const [rate, setRate] = useState('1000');
  const [cu, setCu] = useState('1');
  const start = { executionMode: 0 as const, kafkaRate: Number(rate), resourceConfig: { server: Number(cu) } };
  const isReady =
    operation !== 'start' || (Number.isInteger(start.kafkaRate) && start.kafkaRate >= 1 && Number(cu) > 0);
  const asking = useMutation({
    mutationFn: () =>
      operateMany({
        orgId,
        operation,
        note,
        pipelineIds: pipelines.map(({ pipelineId }) => pipelineId),
        start: operation === 'start' ? start : undefined,
      }),
    onSettled: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('pipeline') }),
  });
  const title = t(`operate.${operation}Many`, { n: pipelines.length });
  if (asking.data !== undefined)
    return (
      <Dialog title={title} onClose={onClose} actions={<Button onClick={onClose}>{t('app.close')}</Button>}>
        <h3>{t('operate.results')}</h3>
        <Results results={asking.data} pipelines={pipelines} />
      </Dialog>
    );
  const actions = (
    <>
      <Button onClick={onClose}>{t('app.cancel')}</Button>
      <Button
        kind={operation === 'stop' ? 'danger' : 'primary'}
        disabled={!isReady || asking.isPending}
        onClick={() => asking.mutate()}
      >
        {asking.isPending ? t('operate.working') : title}
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      <WhatItDoes operation={operation} />
      {operation === 'start' && (
        <>
          <p className={styles.hint}>{t('operate.many.start')}</p>
          <TextField
            label={t('operate.rate')}
            inputMode="numeric"
            value={rate}
            onChange={({ target }) => setRate(target.value)}
          />
          <TextField
            label={t('operate.cu')}
            inputMode="decimal"
            value={cu}
            onChange={({ target }) => setCu(target.value)}
          />
        </>
      )}
      <NoteField value={note} onChange={setNote} />
      {asking.isError && <Problem title={t('operate.failed')} error={asking.error} />}
    </Dialog>
  );
};

const Results = ({
  results,
  pipelines,
}: {
  readonly results: Awaited<ReturnType<typeof operateMany>>;
  readonly pipelines: WishedForMany['pipelines'];
}) => {
  const { t } = useText();
  const names = new Map(pipelines.map(({ pipelineId, name }) => [pipelineId, name]));
  return (
    <ul className={styles.results}>
      {results.map(({ pipelineId, done, problem }) => (
        <li key={pipelineId}>
          {done ? (
            <CircleCheck size={16} className={styles.done} aria-hidden="true" />
          ) : (
            <CircleX size={16} className={styles.refused} aria-hidden="true" />
          )}
          <span>
            <strong>{names.get(pipelineId) ?? pipelineId}</strong>:{' '}
            {problem === null ? t('operate.done') : problem.message}
          </span>
        </li>
      ))}
    </ul>
  );
};
