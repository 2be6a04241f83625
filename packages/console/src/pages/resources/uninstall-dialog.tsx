import { useQuery } from '@tanstack/react-query';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Mark } from '../../kit/mark.tsx';
import { Queried } from '../../kit/notice.tsx';
import { useText } from '../../reader/use-text.ts';
import { LibraryUsers } from './library-users.tsx';
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
              <LibraryUsers orgId={orgId} users={items} />
            </>
          )
        }
      </Queried>
    </ConfirmDialog>
  );
};
