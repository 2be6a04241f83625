import type { LibraryUser } from '@penstock/client/session';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Queried } from '../../kit/notice.tsx';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { libraryUsersQuery } from './resource-requests.ts';

/** Stages that need a library, each with the way to it. */
export const LibraryUsers = ({ orgId, users }: { readonly orgId: string; readonly users: readonly LibraryUser[] }) => {
  const { t } = useText();
  const columns = [{ name: t('libraries.pipeline') }, { name: t('libraries.stage') }, { name: t('libraries.copy') }];
  return (
    <Table label={t('libraries.usedBy')} columns={columns}>
      {users.map(({ pipelineId, pipelineName, stage, copy }) => (
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
  );
};

interface UsersDialogProps {
  readonly orgId: string;
  readonly library: string;
  readonly onClose: () => void;
}

/** What uses a library. */
export const UsersDialog = ({ orgId, library, onClose }: UsersDialogProps) => {
  const { t } = useText();
  const users = useQuery(libraryUsersQuery(orgId, library));
  return (
    <Dialog
      title={t('libraries.usersOf', { name: library })}
      onClose={onClose}
      actions={<Button onClick={onClose}>{t('app.close')}</Button>}
    >
      <Queried query={users} failed={t('libraries.usersFailed')}>
        {({ items }) =>
          items.length === 0 ? <p>{t('libraries.unused')}</p> : <LibraryUsers orgId={orgId} users={items} />
        }
      </Queried>
    </Dialog>
  );
};
