import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { pipelineQuery } from '../../../api/pipelines.ts';
import { Button } from '../../../kit/button.tsx';
import { Dialog } from '../../../kit/dialog.tsx';
import { Loading, Problem } from '../../../kit/notice.tsx';
import { NoteField } from '../../../operate/note-field.tsx';
import { useText } from '../../../reader/use-text.ts';
import { useDesign } from '../model/design-context.ts';
import { readVersion, releaseDesign } from '../model/design-requests.ts';
import type { DesignDialogProps } from './design-dialog.ts';
import { DiffView, StagesDiff } from './diff-view.tsx';

/** What a release changes, stage by stage, and what becomes of state; then the release. */
export const ReleaseDialog = ({ pipeline, onClose }: DesignDialogProps) => {
  const { t } = useText();
  const client = useQueryClient();
  const { state, document, template, stages, say } = useDesign();
  const { pipelineId, version } = pipeline;
  const [note, setNote] = useState('');
  const online = useQuery({
    queryKey: ['version', pipelineId, version],
    queryFn: () => (version === null ? Promise.resolve({}) : readVersion(pipelineId, version)),
  });
  const isForm = template !== undefined;
  const onlineStages = useQuery({
    queryKey: ['version', pipelineId, version, 'compiled'],
    queryFn: () => (version === null ? Promise.resolve({}) : readVersion(pipelineId, version, true)),
    enabled: isForm,
  });
  const release = useMutation({
    mutationFn: () => releaseDesign(pipelineId, state.stored.revision, note),
    onSuccess: ({ version: number, pipeline: released }) => {
      client.setQueryData(pipelineQuery(pipelineId).queryKey, released);
      void client.invalidateQueries({ queryKey: ['versions', pipelineId] });
      say(t('design.released', { n: number }));
      onClose();
    },
  });
  const actions = (
    <>
      <Button onClick={onClose}>{t('app.cancel')}</Button>
      <Button kind="primary" disabled={release.isPending || online.data === undefined} onClick={() => release.mutate()}>
        {t(release.isPending ? 'operate.working' : 'design.release')}
      </Button>
    </>
  );
  return (
    <Dialog title={t('design.releaseTitle')} onClose={onClose} actions={actions}>
      <p>{version === null ? t('design.firstRelease') : t('design.releaseWhat', { n: version })}</p>
      {online.isError && <Problem title={t('run.loadFailed')} error={online.error} />}
      {online.data === undefined && !online.isError && <Loading />}
      {online.data !== undefined && <DiffView before={online.data} after={document} withState={version !== null} />}
      {onlineStages.isError && <Problem title={t('run.loadFailed')} error={onlineStages.error} />}
      {isForm && onlineStages.data !== undefined && (
        <details>
          <summary>{t('design.stagesOfForm')}</summary>
          <StagesDiff before={onlineStages.data} after={stages} withState={version !== null} />
        </details>
      )}
      <NoteField value={note} onChange={setNote} />
      {release.isError && <Problem title={t('operate.failed')} error={release.error} />}
    </Dialog>
  );
};
