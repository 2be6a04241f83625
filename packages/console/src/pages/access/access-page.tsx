import { useParams } from '@tanstack/react-router';
import { mayManage } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import styles from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import { AccessKeys } from './access-keys.tsx';
import { Audit } from './audit.tsx';
import { TopicGrants } from './topic-grants.tsx';

/** What an organisation may use, which programs act for it, and who did what. */
export const AccessPage = () => {
  const { t } = useText();
  const { orgId } = useParams({ from: '/organizations/$orgId/access' });
  const session = useSession();
  const isManager = mayManage(session, orgId);
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t('access.title')}</h1>
        {!isManager && <span className={styles.hint}>{t('access.readOnly')}</span>}
      </div>
      <TopicGrants orgId={orgId} isAdministrator={session.isAdministrator} />
      {isManager && <AccessKeys orgId={orgId} isAdministrator={session.isAdministrator} />}
      {isManager && <Audit orgId={orgId} />}
    </div>
  );
};
