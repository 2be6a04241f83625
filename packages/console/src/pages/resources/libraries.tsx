import type { Library } from '@penstock/client/session';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleDashed, Upload } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { Mark } from '../../kit/mark.tsx';
import { Problem, Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { saveFile } from '../../reader/save-file.ts';
import { useText } from '../../reader/use-text.ts';
import { UsersDialog } from './library-users.tsx';
import { installLibrary, librariesQuery, readLibraryPackage, resourcesQuery } from './resource-requests.ts';
import { UninstallDialog } from './uninstall-dialog.tsx';
import { UploadDialog } from './upload-dialog.tsx';

interface LibrariesProps {
  readonly orgId: string;
  readonly isDesigner: boolean;
}

type Asked = { readonly kind: 'upload' } | { readonly kind: 'uninstall' | 'users'; readonly library: string };

/** Operator libraries: which there are, and which of them pipelines of the organisation may use. */
export const Libraries = ({ orgId, isDesigner }: LibrariesProps) => {
  const { t } = useText();
  const client = useQueryClient();
  const list = useQuery(librariesQuery(orgId));
  const [asked, setAsked] = useState<Asked>();
  const close = (): void => setAsked(undefined);
  const again = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: librariesQuery(orgId).queryKey });
    await client.invalidateQueries({ queryKey: resourcesQuery(orgId).queryKey });
  };
  const installing = useMutation({
    mutationFn: (library: string) => installLibrary(orgId, library),
    onSuccess: again,
  });
  const downloading = useMutation({
    mutationFn: async (library: string) => {
      const held = await readLibraryPackage(orgId, library);
      saveFile({ name: `${library.replace('@', '-')}.json`, text: `${JSON.stringify(held, undefined, 2)}\n` });
    },
  });
  const columns = [
    { name: t('libraries.library') },
    { name: t('libraries.state') },
    { name: t('libraries.operators') },
    { name: t('table.actions') },
  ];
  return (
    <section className={page.section}>
      <div className={page.head}>
        <h2>{t('libraries.title')}</h2>
        {isDesigner && (
          <Button onClick={() => setAsked({ kind: 'upload' })}>
            <Upload size={14} aria-hidden="true" /> {t('libraries.uploadOwn')}
          </Button>
        )}
      </div>
      <p className={page.hint}>{t('libraries.what')}</p>
      {installing.isError && <Problem title={t('operate.failed')} error={installing.error} />}
      {downloading.isError && <Problem title={t('libraries.downloadFailed')} error={downloading.error} />}
      <Queried query={list} failed={t('libraries.failed')}>
        {({ items }) => (
          <Table label={t('libraries.title')} columns={columns}>
            {items.map((library) => (
              <LibraryRow
                key={library.library}
                orgId={orgId}
                library={library}
                isDesigner={isDesigner}
                isBusy={installing.isPending}
                onInstall={() => installing.mutate(library.library)}
                onUninstall={() => setAsked({ kind: 'uninstall', library: library.library })}
                onUsers={() => setAsked({ kind: 'users', library: library.library })}
                onDownload={() => downloading.mutate(library.library)}
              />
            ))}
          </Table>
        )}
      </Queried>
      {asked?.kind === 'uninstall' && (
        <UninstallDialog orgId={orgId} library={asked.library} onDone={again} onClose={close} />
      )}
      {asked?.kind === 'users' && <UsersDialog orgId={orgId} library={asked.library} onClose={close} />}
      {asked?.kind === 'upload' && <UploadDialog orgId={orgId} onDone={again} onClose={close} />}
    </section>
  );
};

interface LibraryRowProps {
  readonly orgId: string;
  readonly library: Library;
  readonly isDesigner: boolean;
  readonly isBusy: boolean;
  readonly onInstall: () => void;
  readonly onUninstall: () => void;
  readonly onUsers: () => void;
  readonly onDownload: () => void;
}

const LibraryRow = (props: LibraryRowProps) => {
  const { orgId, library: found, isDesigner, isBusy, onInstall, onUninstall, onUsers, onDownload } = props;
  const { t, time, number } = useText();
  const { library, isRecommended, isOwn, operators, installedAt, installedBy } = found;
  return (
    <tr>
      <th scope="row">
        {library}
        {isOwn && <div className={page.hint}>{t('libraries.own')}</div>}
        {isRecommended && <div className={page.hint}>{t('libraries.recommended')}</div>}
      </th>
      <td>
        {installedAt === null ? (
          <span className={page.mark}>
            <CircleDashed size={14} aria-hidden="true" /> {t('libraries.available')}
          </span>
        ) : (
          <>
            <Mark tone="good">{t('libraries.installed')}</Mark>
            <div className={page.hint}>{[time(installedAt), installedBy].filter(Boolean).join(' · ')}</div>
          </>
        )}
      </td>
      <td className={tableStyles.wide}>
        <details>
          <summary>{t('libraries.count', { n: number(operators.length) })}</summary>
          {operators.map(({ id, label }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <Link to="/organizations/$orgId/library" params={{ orgId }} search={{ operator: id }}>
                {label}
              </Link>
            </span>
          ))}
        </details>
      </td>
      <td>
        <div className={page.tools}>
          {isDesigner && installedAt === null && (
            <Button aria-label={t('libraries.installOf', { name: library })} disabled={isBusy} onClick={onInstall}>
              {t('libraries.install')}
            </Button>
          )}
          {installedAt !== null && (
            <Button aria-label={t('libraries.usersOf', { name: library })} onClick={onUsers}>
              {t('libraries.users')}
            </Button>
          )}
          {isOwn && (
            <Button aria-label={t('libraries.downloadOf', { name: library })} onClick={onDownload}>
              {t('libraries.download')}
            </Button>
          )}
          {isDesigner && installedAt !== null && (
            <Button aria-label={t('libraries.uninstallOf', { name: library })} onClick={onUninstall}>
              {t('libraries.uninstall')}
            </Button>
          )}
        </div>
      </td>
    </tr>
  );
};
