import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Mark } from '../../kit/mark.tsx';
import { Queried } from '../../kit/notice.tsx';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { libraryUsersQuery, uninstallLibrary } from './resource-requests.ts';

interface UninstallDialogProps {
  readonly orgId: string;
  readonly library: string;
  readonly onDone: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Uninstalls a library that no pipeline needs; of one that is needed it says by which stages. */
export const UninstallDialog = ({ orgId, library, onDone, onClose }: UninstallDialogProps) => {
  const { t } = useText();
  const users = useQuery(libraryUsersQuery(orgId, library));
  const columns = [{ name: t('libraries.pipeline') }, { name: t('libraries.stage') }, { name: t('libraries.copy') }];
  return (
    <ConfirmDialog
      isDangerous
      title={t('libraries.uninstallOf', { name: library })}
      action={t('libraries.uninstall')}
      isIncomplete={users.data === undefined || users.data.items.length > 0}
      onConfirm={async () => {
        await uninstallLibrary(orgId, library);
        await onDone();
      }}
      onClose={onClose}
    >
      <Queried query={users} failed={t('libraries.usersFailed')}>
        {({ items }) =>
          items.length === 0 ? (
            <p>{t('libraries.uninstallWhat')}</p>
          ) : (
            <>
              <Mark tone="warn">{t('libraries.isUsed')}</Mark>
              <Table label={t('libraries.usedBy')} columns={columns}>
                {items.map(({ pipelineId, pipelineName, stage, copy }) => (
                  <tr key={`${pipelineId} ${stage} ${copy}`}>
                    <th scope="row" className={tableStyles.wide}>
                      <Link to="/organizations/$orgId/pipelines/$pipelineId/design" params={{ orgId, pipelineId }}>
                        {pipelineName}
                      </Link>
                    </th>
                    <td className={tableStyles.wide}>{stage}</td>
                    <td>{t(`libraries.copy.${copy}`)}</td>
                  </tr>
                ))}
              </Table>
            </>
          )
        }
      </Queried>
    </ConfirmDialog>
  );
};
