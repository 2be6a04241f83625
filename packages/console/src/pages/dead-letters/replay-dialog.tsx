import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { letterQuery, replayLetters } from '../../api/records/dead-letters.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { AreaField, CheckField } from '../../kit/field.tsx';
import { Problem } from '../../kit/notice.tsx';
import { useText } from '../../reader/use-text.ts';
import styles from './dead-letters-page.module.css';
import { knownReason } from './skip-reasons.ts';

interface ReplayDialogProps {
  readonly orgId: string;
  readonly ids: readonly string[];
  readonly onClose: () => void;
}

/** Says what a replay does, does it, and tells what became of each record. */
export const ReplayDialog = ({ orgId, ids, onClose }: ReplayDialogProps) => {
  const { t, number } = useText();
  const client = useQueryClient();
  const [isFromSource, setFromSource] = useState(false);
  const [again, setAgain] = useState(false);
  const [text, setText] = useState<string>();
  const [only] = ids.length === 1 ? ids : [];
  const replay = useMutation({
    mutationFn: () =>
      replayLetters({
        orgId,
        ids,
        from: isFromSource ? 'source' : 'stage',
        again,
        ...(only === undefined || text === undefined ? {} : { edits: { [only]: text } }),
      }),
    onSuccess: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('letter') }),
  });
  const title = ids.length === 1 ? t('letters.replayOne') : t('letters.replayMany', { n: number(ids.length) });
  if (replay.data !== undefined) {
    const { replayed, skipped } = replay.data;
    return (
      <Dialog title={title} onClose={onClose} actions={<Button onClick={onClose}>{t('app.close')}</Button>}>
        <p>{t('letters.replay.done', { n: number(replayed) })}</p>
        {skipped.length > 0 && <p>{t('letters.replay.skipped', { n: number(skipped.length) })}</p>}
        <ul className={styles.outcome}>
          {skipped.map(({ id, reason }) => {
            const known = knownReason(reason);
            return (
              <li key={id}>
                {id}: {known === undefined ? reason : t(`letters.skip.${known}`)}
              </li>
            );
          })}
        </ul>
      </Dialog>
    );
  }
  const actions = (
    <>
      <Button onClick={onClose}>{t('app.cancel')}</Button>
      <Button kind="primary" disabled={replay.isPending} onClick={() => replay.mutate()}>
        {replay.isPending ? t('operate.working') : t('letters.replay')}
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      <p>{t('letters.replay.what')}</p>
      <CheckField
        label={t('letters.replay.source')}
        checked={isFromSource}
        onChange={({ target }) => setFromSource(target.checked)}
      />
      <CheckField
        label={t('letters.replay.again')}
        checked={again}
        onChange={({ target }) => setAgain(target.checked)}
      />
      {only !== undefined && (
        // What is edited is what goes on: of a stage the record it saw, of its topic the message.
        <EditField key={String(isFromSource)} orgId={orgId} id={only} isFromSource={isFromSource} onEdit={setText} />
      )}
      {replay.isError && <Problem title={t('operate.failed')} error={replay.error} />}
    </Dialog>
  );
};

interface EditFieldProps {
  readonly orgId: string;
  readonly id: string;
  readonly isFromSource: boolean;
  /** The text that goes on instead; undefined: what there was. */
  readonly onEdit: (text: string | undefined) => void;
}

/** Has a record be mended before it is sent back. One that is no text, or not here as a whole, is sent as it was. */
const EditField = ({ orgId, id, isFromSource, onEdit }: EditFieldProps) => {
  const { t } = useText();
  const { data: letter } = useQuery(letterQuery(orgId, id));
  const [text, setText] = useState<string>();
  useEffect(() => onEdit(text), [onEdit, text]);
  const before = isFromSource ? letter?.valueText : (letter?.record ?? letter?.valueText);
  if (before === undefined || letter?.isCut === true || letter?.isReference === true) return null;
  return (
    <>
      <CheckField
        label={t('letters.replay.edit')}
        checked={text !== undefined}
        onChange={({ target }) => setText(target.checked ? before : undefined)}
      />
      {text !== undefined && (
        <AreaField
          label={t('letters.replay.text')}
          rows={8}
          maxLength={1_000_000}
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      )}
    </>
  );
};
