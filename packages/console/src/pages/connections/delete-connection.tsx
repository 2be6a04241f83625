import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Queried } from '../../kit/notice.tsx';
import { useText } from '../../reader/use-text.ts';
import { deleteConnection, usersOfQuery } from './connection-requests.ts';

interface DeleteConnectionProps {
  readonly orgId: string;
  readonly name: string;
  readonly onDone: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Deletes a connection that no stage names; where some do, says which. */
export const DeleteConnection = ({ orgId, name, onDone, onClose }: DeleteConnectionProps) => {
  const { t } = useText();
  const users = useQuery(usersOfQuery(orgId, name));
  return (
    <ConfirmDialog
      isDangerous
      title={t('connections.deleteOf', { name })}
      action={t('connections.delete')}
      isIncomplete={users.data === undefined || users.data.items.length > 0}
      onConfirm={async () => {
        await deleteConnection(orgId, name);
        await onDone();
      }}
      onClose={onClose}
    >
      <Queried query={users} failed={t('connections.failed')}>
        {({ items }) =>
          items.length === 0 ? (
            <p>{t('connections.deleteWhat')}</p>
          ) : (
            <>
              <p>{t('connections.isUsed')}</p>
              <ul>
                {items.map(({ pipelineId, pipelineName, stage, copy }) => (
                  <li key={`${pipelineId} ${stage} ${copy}`}>
                    <Link
                      to="/organizations/$orgId/pipelines/$pipelineId/design"
                      params={{ orgId, pipelineId }}
                      onClick={onClose}
                    >
                      {pipelineName}
                    </Link>
                    : {stage} ({t(`connections.copy.${copy}`)})
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Queried>
    </ConfirmDialog>
  );
};
