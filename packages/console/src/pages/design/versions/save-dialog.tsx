import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { pipelineQuery } from '../../../api/pipelines.ts';
import { Button } from '../../../kit/button.tsx';
import { Dialog } from '../../../kit/dialog.tsx';
import { Loading, Problem } from '../../../kit/notice.tsx';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { useDesign } from '../model/design-context.ts';
import { isConflict, readStored, saveDocument } from '../model/design-requests.ts';
import type { DesignDialogProps } from './design-dialog.ts';
import { DiffView } from './diff-view.tsx';

/** Saves at once and goes; where somebody else has saved meanwhile, shows both and asks. */
export const SaveDialog = ({ pipeline, onChange, onClose }: DesignDialogProps) => {
  const { t, time } = useText();
  const client = useQueryClient();
  const { state, document, edit, say } = useDesign();
  const { pipelineId } = pipeline;
  const save = useMutation({
    mutationFn: async (revision: number) => {
      try {
        return { saved: await saveDocument(pipelineId, { document, revision }) };
      } catch (error) {
        if (!isConflict(error)) throw error;
        const [theirs, who] = await Promise.all([
          readStored(pipelineId),
          client.fetchQuery({ ...pipelineQuery(pipelineId), staleTime: 0 }),
        ]);
        return { theirs, who };
      }
    },
    onSuccess: ({ saved }) => {
      if (saved === undefined) return;
      onChange({ kind: 'stored', stored: { document, revision: saved.revision } });
      client.setQueryData(pipelineQuery(pipelineId).queryKey, saved);
      say(t('design.saved'));
      onClose();
    },
  });
  const { mutate } = save;
  const { revision } = state.stored;
  useEffect(() => mutate(revision), [mutate, revision]);
  const conflict = save.data?.theirs === undefined ? undefined : save.data;
  if (conflict?.theirs === undefined || conflict.who === undefined)
    return (
      <Dialog title={t('design.action.save')} onClose={onClose}>
        {save.isError ? <Problem title={t('operate.failed')} error={save.error} /> : <Loading />}
      </Dialog>
    );
  const { theirs, who } = conflict;
  const takeTheirs = (): void => {
    onChange({ kind: 'stored', stored: theirs });
    edit('replace', theirs.document);
    onClose();
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t('app.cancel')}</Button>
      <Button onClick={takeTheirs}>{t('design.takeTheirs')}</Button>
      <Button kind="danger" onClick={() => mutate(theirs.revision)}>
        {t('design.saveOver')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('design.conflict')} onClose={onClose} actions={actions}>
      <p>{t('design.conflictWho', { who: who.updatedBy || t('value.unknown'), time: time(who.updatedAt) })}</p>
      <h3 className={styles.diffTitle}>{t('design.theirs')}</h3>
      <DiffView before={theirs.document} after={document} />
    </Dialog>
  );
};
