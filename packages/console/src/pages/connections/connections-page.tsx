import type { Connection } from '@penstock/client/session';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { connectionsQuery } from '../../api/references.ts';
import { mayDesign, mayManage } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import { Button } from '../../kit/button.tsx';
import { Empty, Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { Table } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { ConnectionDialog } from './connection-dialog.tsx';
import { ConnectionRow } from './connection-row.tsx';
import { DeleteConnection } from './delete-connection.tsx';
import { TestDialog } from './test-dialog.tsx';

/** What is asked about one of them, or about a new one. */
type Asked = { readonly kind: 'new' } | { readonly kind: 'edit' | 'test' | 'delete'; readonly connection: Connection };

/** Ways to other systems that stages name. */
export const ConnectionsPage = () => {
  const { t } = useText();
  const { orgId } = useParams({ from: '/organizations/$orgId/connections' });
  const session = useSession();
  const client = useQueryClient();
  const list = useQuery(connectionsQuery(orgId));
  const [asked, setAsked] = useState<Asked>();
  const isManager = mayManage(session, orgId);
  const again = () => client.invalidateQueries({ queryKey: connectionsQuery(orgId).queryKey });
  const close = () => setAsked(undefined);
  const make = isManager && (
    <Button kind="primary" onClick={() => setAsked({ kind: 'new' })}>
      <Plus size={14} aria-hidden="true" /> {t('connections.new')}
    </Button>
  );
  const columns = [
    { name: t('connections.name') },
    { name: t('connections.kind') },
    { name: t('connections.address') },
    { name: t('connections.secrets') },
    { name: t('connections.changed') },
    { name: t('connections.tested') },
    { name: t('table.actions') },
  ];
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t('connections.title')}</h1>
        {(list.data?.items.length ?? 0) > 0 && make}
        {!isManager && <span className={styles.hint}>{t('connections.readOnly')}</span>}
      </div>
      <Queried query={list} failed={t('connections.failed')}>
        {({ items, isWhole }) =>
          items.length === 0 ? (
            <Empty title={t('connections.none')} hint={t('connections.noneHint')}>
              {make}
            </Empty>
          ) : (
            <>
              <Table label={t('connections.title')} columns={columns}>
                {items.map((connection) => (
                  <ConnectionRow
                    key={connection.name}
                    connection={connection}
                    isManager={isManager}
                    mayTest={mayDesign(session, orgId)}
                    onAsk={(kind) => setAsked({ kind, connection })}
                  />
                ))}
              </Table>
              {!isWhole && <p className={styles.hint}>{t('connections.part')}</p>}
            </>
          )
        }
      </Queried>
      {asked?.kind === 'new' && <ConnectionDialog orgId={orgId} onDone={again} onClose={close} />}
      {asked?.kind === 'edit' && (
        <ConnectionDialog orgId={orgId} seen={asked.connection} onDone={again} onClose={close} />
      )}
      {asked?.kind === 'test' && (
        <TestDialog orgId={orgId} name={asked.connection.name} onDone={again} onClose={close} />
      )}
      {asked?.kind === 'delete' && (
        <DeleteConnection orgId={orgId} name={asked.connection.name} onDone={again} onClose={close} />
      )}
    </div>
  );
};
