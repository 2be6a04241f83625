import type { AlarmReceiver } from '@penstock/client/session';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { receiversQuery } from '../../../api/alarms.ts';
import { Button } from '../../../kit/button.tsx';
import { ConfirmDialog } from '../../../kit/confirm-dialog.tsx';
import { CheckField } from '../../../kit/field.tsx';
import { Empty, Queried } from '../../../kit/notice.tsx';
import styles from '../../../kit/page.module.css';
import { Table, tableStyles } from '../../../kit/table.tsx';
import { useText } from '../../../reader/use-text.ts';
import { ReceiverDialog } from './receiver-dialog.tsx';
import { deleteReceiver } from './receiver-requests.ts';
import { ReceiverTest } from './receiver-test.tsx';

type Asked = { readonly kind: 'new' } | { readonly kind: 'edit' | 'test' | 'delete'; readonly receiver: AlarmReceiver };

/** Who alarms are told to. */
export const Receivers = ({ orgId, isManager }: { readonly orgId: string; readonly isManager: boolean }) => {
  const { t, time } = useText();
  const client = useQueryClient();
  const list = useQuery(receiversQuery(orgId));
  const [asked, setAsked] = useState<Asked>();
  const [force, setForce] = useState(false);
  const again = () => client.invalidateQueries({ queryKey: receiversQuery(orgId).queryKey });
  const close = (): void => {
    setAsked(undefined);
    setForce(false);
  };
  const columns = [
    { name: t('receivers.name') },
    { name: t('receivers.kind') },
    { name: t('receivers.address') },
    { name: t('receivers.language') },
    { name: t('receivers.tested') },
    ...(isManager ? [{ name: t('table.actions') }] : []),
  ];
  const actionsOf = (receiver: AlarmReceiver) => (
    <td>
      <div className={styles.tools}>
        {(['test', 'edit', 'delete'] as const).map((kind) => (
          <Button
            key={kind}
            aria-label={t(`receivers.${kind}Of`, { name: receiver.name })}
            onClick={() => setAsked({ kind, receiver })}
          >
            {t(`receivers.${kind}`)}
          </Button>
        ))}
      </div>
    </td>
  );
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('receivers.title')}</h2>
        {isManager && (
          <Button onClick={() => setAsked({ kind: 'new' })}>
            <Plus size={14} aria-hidden="true" /> {t('receivers.new')}
          </Button>
        )}
      </div>
      <Queried query={list} failed={t('alarms.receiversFailed')}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('receivers.none')} hint={t('receivers.noneHint')} />
          ) : (
            <Table label={t('receivers.title')} columns={columns}>
              {items.map((receiver) => (
                <tr key={receiver.receiverId}>
                  <th scope="row" className={tableStyles.wide}>
                    {receiver.name}
                  </th>
                  <td>{t(`receivers.kind.${receiver.kind}`)}</td>
                  <td className={tableStyles.code}>{receiver.address}</td>
                  <td>{t(`receivers.language.${receiver.language}`)}</td>
                  <td>{receiver.testedAt === null ? t('users.never') : time(receiver.testedAt)}</td>
                  {isManager && actionsOf(receiver)}
                </tr>
              ))}
            </Table>
          )
        }
      </Queried>
      {asked?.kind === 'new' && <ReceiverDialog orgId={orgId} onDone={again} onClose={close} />}
      {asked?.kind === 'edit' && <ReceiverDialog orgId={orgId} seen={asked.receiver} onDone={again} onClose={close} />}
      {asked?.kind === 'test' && (
        <ReceiverTest orgId={orgId} receiver={asked.receiver} onDone={again} onClose={close} />
      )}
      {asked?.kind === 'delete' && (
        <ConfirmDialog
          isDangerous
          title={t('receivers.deleteOf', { name: asked.receiver.name })}
          action={t('receivers.delete')}
          onConfirm={async () => {
            await deleteReceiver(orgId, asked.receiver.receiverId, force);
            await again();
          }}
          onClose={close}
        >
          <p>{t('receivers.deleteWhat')}</p>
          <CheckField
            label={t('receivers.force')}
            checked={force}
            onChange={({ target }) => setForce(target.checked)}
          />
        </ConfirmDialog>
      )}
    </section>
  );
};
