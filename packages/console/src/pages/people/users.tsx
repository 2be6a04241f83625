import type { User } from '@penstock/client/session';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { CircleSlash, Link, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx';
import { Mark } from '../../kit/mark.tsx';
import { Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { More, Table, tableStyles } from '../../kit/table.tsx';
import { useText } from '../../reader/use-text.ts';
import { LinkDialog } from './link-dialog.tsx';
import { NewUser } from './new-user.tsx';
import { setDisabled, usersQuery } from './people-requests.ts';

type Asked = { readonly kind: 'new' } | { readonly kind: 'link' | 'disable' | 'enable'; readonly user: User };

/** Everybody who can sign in to the service. */
export const Users = () => {
  const { t } = useText();
  const client = useQueryClient();
  const list = useInfiniteQuery(usersQuery);
  const [asked, setAsked] = useState<Asked>();
  const again = () => client.invalidateQueries({ queryKey: usersQuery.queryKey });
  const close = () => setAsked(undefined);
  const columns = [
    { name: t('people.email') },
    { name: t('people.name') },
    { name: t('users.kind') },
    { name: t('users.hasPassword') },
    { name: t('users.lastSignIn') },
    { name: t('table.actions') },
  ];
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2>{t('users.title')}</h2>
        <Button onClick={() => setAsked({ kind: 'new' })}>
          <UserPlus size={14} aria-hidden="true" /> {t('users.new')}
        </Button>
      </div>
      <Queried query={list} failed={t('users.failed')}>
        {({ pages }) => (
          <Table label={t('users.title')} columns={columns}>
            {pages
              .flatMap(({ items }) => items)
              .map((user) => (
                <UserRow key={user.userId} user={user} onAsk={setAsked} />
              ))}
          </Table>
        )}
      </Queried>
      <More list={list} />
      {asked?.kind === 'new' && <NewUser onDone={again} onClose={close} />}
      {asked?.kind === 'link' && <LinkDialog email={asked.user.email} onClose={close} />}
      {(asked?.kind === 'disable' || asked?.kind === 'enable') && (
        <ConfirmDialog
          isDangerous={asked.kind === 'disable'}
          title={t(`users.${asked.kind}Of`, { email: asked.user.email })}
          action={t(`users.${asked.kind}`)}
          onConfirm={async () => {
            await setDisabled(asked.user.userId, asked.kind === 'disable');
            await again();
          }}
          onClose={close}
        >
          <p>{t(`users.${asked.kind}What`, { email: asked.user.email })}</p>
        </ConfirmDialog>
      )}
    </section>
  );
};

const UserRow = ({ user, onAsk }: { readonly user: User; readonly onAsk: (asked: Asked) => void }) => {
  const { t, time } = useText();
  const { email, name, isAdministrator, hasPassword, disabledAt, lastSignInAt } = user;
  const other = disabledAt === null ? 'disable' : 'enable';
  return (
    <tr>
      <th scope="row" className={tableStyles.wide}>
        {email}
        {disabledAt !== null && (
          <div>
            <Mark tone="warn" icon={CircleSlash}>
              {t('people.isDisabled')}
            </Mark>
          </div>
        )}
      </th>
      <td className={tableStyles.wide}>{name}</td>
      <td>{t(isAdministrator ? 'users.isAdministrator' : 'users.isUser')}</td>
      <td>{t(hasPassword ? 'users.yes' : 'users.no')}</td>
      <td>{lastSignInAt === null ? t('users.never') : time(lastSignInAt)}</td>
      <td>
        <div className={styles.tools}>
          <Button
            aria-label={t('users.linkOf', { email })}
            disabled={disabledAt !== null}
            onClick={() => onAsk({ kind: 'link', user })}
          >
            <Link size={14} aria-hidden="true" /> {t('users.link')}
          </Button>
          <Button aria-label={t(`users.${other}Of`, { email })} onClick={() => onAsk({ kind: other, user })}>
            {t(`users.${other}`)}
          </Button>
        </div>
      </td>
    </tr>
  );
};
