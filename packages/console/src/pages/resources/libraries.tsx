import type { Library } from '@penstock/client/session';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleDashed } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { Mark } from '../../kit/mark.tsx';
import { Problem, Queried } from '../../kit/notice.tsx';
import page from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { installLibrary, librariesQuery, resourcesQuery } from './resource-requests.ts';
import { UninstallDialog } from './uninstall-dialog.tsx';

interface LibrariesProps {
  readonly orgId: string;
  readonly isDesigner: boolean;
}

/** Operator libraries: which there are, and which of them pipelines of the organisation may use. */
export const Libraries = ({ orgId, isDesigner }: LibrariesProps) => {
  const { t } = useText();
  const client = useQueryClient();
  const list = useQuery(librariesQuery(orgId));
  const [gone, setGone] = useState<string>();
  const again = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: librariesQuery(orgId).queryKey });
    await client.invalidateQueries({ queryKey: resourcesQuery(orgId).queryKey });
  };
  const installing = useMutation({
    mutationFn: (library: string) => installLibrary(orgId, library),
    onSuccess: again,
  });
  const columns = [
    { name: t('libraries.library') },
    { name: t('libraries.state') },
    { name: t('libraries.operators') },
    ...(isDesigner ? [{ name: t('table.actions') }] : []),
  ];
  return (
    <section className={page.section}>
      <h2>{t('libraries.title')}</h2>
      <p className={page.hint}>{t('libraries.what')}</p>
      {installing.isError && <Problem title={t('operate.failed')} error={installing.error} />}
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
                onUninstall={() => setGone(library.library)}
              />
            ))}
          </Table>
        )}
      </Queried>
      {gone !== undefined && (
        <UninstallDialog orgId={orgId} library={gone} onDone={again} onClose={() => setGone(undefined)} />
      )}
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
}

const LibraryRow = ({ orgId, library: found, isDesigner, isBusy, onInstall, onUninstall }: LibraryRowProps) => {
  const { t, time, number } = useText();
  const { library, isRecommended, operators, installedAt, installedBy } = found;
  return (
    <tr>
      <th scope="row">
        {library}
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
      {isDesigner && (
        <td>
          {installedAt === null ? (
            <Button aria-label={t('libraries.installOf', { name: library })} disabled={isBusy} onClick={onInstall}>
              {t('libraries.install')}
            </Button>
          ) : (
            <Button aria-label={t('libraries.uninstallOf', { name: library })} onClick={onUninstall}>
              {t('libraries.uninstall')}
            </Button>
          )}
        </td>
      )}
    </tr>
  );
};
