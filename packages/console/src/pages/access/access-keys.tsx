import type { AccessKey } from '@penstock/client/session';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Mark } from '../../kit/mark.tsx';
import { Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { Table, tableStyles } from '../../kit/table.tsx';
import { useNow } from '../../reader/clock.ts';
import { useText } from '../../reader/use-text.ts';
import { deleteKey, keysQuery, revokeTokens } from './access-requests.ts';
import { NewKeyDialog } from './new-key-dialog.tsx';

interface AccessKeysProps {
  readonly orgId: string;
  /** Only who administers the service makes new ones. */
  readonly isAdministrator: boolean;
}

type Asked = { readonly kind: 'new' } | { readonly kind: 'delete' | 'revoke'; readonly name: string };

/** Keys that programs act with for an organisation. */
export const AccessKeys = ({ orgId, isAdministrator }: AccessKeysProps) => {
  const { t } = useText();
  const client = useQueryClient();
  const list = useQuery(keysQuery(orgId));
  const [asked, setAsked] = useState<Asked>();
  const again = () => client.invalidateQueries({ queryKey: keysQuery(orgId).queryKey });
  const close = () => setAsked(undefined);
  const columns = [
    { name: t('access.key') },
    { name: t('people.name') },
    { name: t('people.role') },
    { name: t('access.expires') },
    { name: t('access.lastUse') },
    { name: t('table.actions') },
  ];
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('access.keys')}</h2>
        {isAdministrator && (
          <Button onClick={() => setAsked({ kind: 'new' })}>
            <Plus size={14} aria-hidden="true" /> {t('access.newKey')}
          </Button>
        )}
      </div>
      <Queried query={list} failed={t('access.failed')}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles.hint}>{t('access.noKeys')}</p>
          ) : (
            <Table label={t('access.keys')} columns={columns}>
              {items.map((key) => (
                <KeyRow key={key.accessKey} accessKey={key} onAsk={(kind) => setAsked({ kind, name: key.accessKey })} />
              ))}
            </Table>
          )
        }
      </Queried>
      {asked?.kind === 'new' && <NewKeyDialog orgId={orgId} onDone={again} onClose={close} />}
      {asked !== undefined && asked.kind !== 'new' && (
        <ConfirmDialog
          isDangerous
          title={t(`access.${asked.kind}Of`, { name: asked.name })}
          action={t(`access.${asked.kind}`)}
          onConfirm={async () => {
            await (asked.kind === 'delete' ? deleteKey(orgId, asked.name) : revokeTokens(orgId, asked.name));
            await again();
          }}
          onClose={close}
        >
          <p>{t(`access.${asked.kind}What`)}</p>
        </ConfirmDialog>
      )}
    </section>
  );
};

interface KeyRowProps {
  readonly accessKey: AccessKey;
  readonly onAsk: (what: 'delete' | 'revoke') => void;
}

const KeyRow = ({ accessKey: key, onAsk }: KeyRowProps) => {
  const { t, time } = useText();
  const now = useNow();
  const { accessKey, name, role, expiresAt, lastUsedAt } = key;
  return (
    <tr>
      <th scope="row" className={tableStyles.code}>
        {accessKey}
      </th>
      <td className={tableStyles.wide}>{name}</td>
      <td>{t(`role.${role}`)}</td>
      <td>
        {expiresAt === null ? t('access.neverExpires') : time(expiresAt)}
        {expiresAt !== null && expiresAt <= now && (
          <div>
            <Mark tone="warn">{t('access.isExpired')}</Mark>
          </div>
        )}
      </td>
      <td>{lastUsedAt === null ? t('users.never') : time(lastUsedAt)}</td>
      <td>
        <div className={styles.tools}>
          {(['revoke', 'delete'] as const).map((what) => (
            <Button key={what} aria-label={t(`access.${what}Of`, { name: accessKey })} onClick={() => onAsk(what)}>
              {t(`access.${what}`)}
            </Button>
          ))}
        </div>
      </td>
    </tr>
  );
};
