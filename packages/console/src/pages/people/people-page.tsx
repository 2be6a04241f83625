import { useParams } from '@tanstack/react-router';
import { mayManage } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import styles from '../../kit/page.module.css';
import { Terms } from '../../kit/terms.tsx';
import { useText } from '../../reader/use-text.ts';
import { ROLES } from '../../roles/role.ts';
import { Members } from './members.tsx';
import { Users } from './users.tsx';

/** Who belongs to an organisation and what they may do; for who administers the service also its users. */
export const PeoplePage = () => {
  const { t } = useText();
  const { orgId } = useParams({ from: '/organizations/$orgId/people' });
  const session = useSession();
  const isManager = mayManage(session, orgId);
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t('people.title')}</h1>
        {!isManager && <span className={styles.hint}>{t('people.readOnly')}</span>}
      </div>
      <Members orgId={orgId} isManager={isManager} />
      <section className={styles.section}>
        <h2>{t('people.roles')}</h2>
        <Terms items={ROLES.map((role) => [t(`role.${role}`), t(`people.role.${role}`)] as const)} />
      </section>
      {session.isAdministrator && <Users />}
    </div>
  );
};
