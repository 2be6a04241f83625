import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../../kit/button.tsx';
import { Dialog } from '../../../kit/dialog.tsx';
import { Empty, Failed, Loading, Problem } from '../../../kit/notice.tsx';
import { More, Table, tableStyles } from '../../../kit/table.tsx';
import { useText } from '../../../reader/use-text.ts';
import { useDesign } from '../model/design-context.ts';
import { readVersion, versionsQuery } from '../model/design-requests.ts';
import type { DesignDialogProps } from './design-dialog.ts';
import { DiffView } from './diff-view.tsx';

/** Released versions, how each differs from what is designed now, and the way back to one. */
export const VersionsDialog = ({ pipeline, onClose }: DesignDialogProps) => {
  const { t, time } = useText();
  const { pipelineId } = pipeline;
  const { document, edit, mayDesign } = useDesign();
  const versions = useInfiniteQuery(versionsQuery(pipelineId));
  const [chosen, setChosen] = useState<number>();
  const version = useQuery({
    queryKey: ['version', pipelineId, chosen],
    queryFn: () => readVersion(pipelineId, chosen ?? 0),
    enabled: chosen !== undefined,
  });
  const restore = useMutation({
    mutationFn: async (number: number) => readVersion(pipelineId, number),
    // An edit like any other: it can be undone, and is saved when somebody saves.
    onSuccess: (released) => {
      edit('replace', released);
      onClose();
    },
  });
  const items = versions.data?.pages.flatMap((page) => page.items);
  const columns = [
    { name: t('run.version'), isNumber: true },
    { name: t('run.event.at') },
    { name: t('design.by') },
    { name: t('design.note') },
  ];
  return (
    <Dialog title={t('design.action.versions')} onClose={onClose}>
      {versions.isError && (
        <Failed title={t('run.loadFailed')} error={versions.error} onRetry={() => void versions.refetch()} />
      )}
      {items === undefined && !versions.isError && <Loading />}
      {items?.length === 0 && <Empty title={t('design.noVersions')} />}
      {items !== undefined && items.length > 0 && (
        <Table label={t('design.action.versions')} columns={columns}>
          {items.map(({ number, releasedAt, releasedBy, note, isOnline }) => (
            <tr key={number} className={chosen === number ? tableStyles.selected : undefined}>
              <td className={tableStyles.number}>
                <Button kind="quiet" aria-pressed={chosen === number} onClick={() => setChosen(number)}>
                  {number} {isOnline ? t('design.online') : ''}
                </Button>
              </td>
              <td>{time(releasedAt)}</td>
              <td>{releasedBy}</td>
              <td className={tableStyles.wide}>{note ?? ''}</td>
            </tr>
          ))}
        </Table>
      )}
      <More list={versions} />
      {version.isError && <Problem title={t('run.loadFailed')} error={version.error} />}
      {chosen !== undefined && version.data !== undefined && (
        <>
          <h3>{t('design.sinceVersion', { n: chosen })}</h3>
          <DiffView before={version.data} after={document} />
          <Button disabled={!mayDesign || restore.isPending} onClick={() => restore.mutate(chosen)}>
            {t('design.restore', { n: chosen })}
          </Button>
        </>
      )}
      {restore.isError && <Problem title={t('operate.failed')} error={restore.error} />}
    </Dialog>
  );
};
