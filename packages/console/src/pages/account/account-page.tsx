import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { waysQuery } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import { Queried } from '../../kit/notice.tsx';
import styles from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import { sessionsQuery } from './account-requests.ts';
import { PasswordForm } from './password-form.tsx';
import { Sessions } from './sessions.tsx';

/** Who is signed in, with which password, and where else. */
export const AccountPage = () => {
  const { t } = useText();
  const { orgId } = useParams({ from: '/organizations/$orgId/account' });
  const { email, isAdministrator, roles } = useSession();
  const ways = useQuery(waysQuery);
  const sessions = useQuery(sessionsQuery);
  const role = roles.find((each) => each.orgId === orgId)?.role;
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t('account.title')}</h1>
      </div>
      <p>
        {email}
        {role !== undefined && <> · {t('account.roleHere', { role: t(`role.${role}`) })}</>}
        {isAdministrator && <> · {t('account.administrator')}</>}
      </p>
      <Queried query={sessions} failed={t('account.sessionsFailed')}>
        {({ items }) => (
          <>
            <section className={styles.section} aria-label={t('account.password')}>
              <h2>{t('account.password')}</h2>
              {ways.data?.passwords === false ? (
                <p className={styles.hint}>{t('account.noPasswords')}</p>
              ) : (
                <PasswordForm isByLink={items.some(({ isThis, method }) => isThis && method === 'link')} />
              )}
            </section>
            <Sessions items={items} />
          </>
        )}
      </Queried>
    </div>
  );
};
