import { useParams } from '@tanstack/react-router';
import { mayDesign, mayManage } from '../../api/session.ts';
import { useSession } from '../../api/use-session.ts';
import page from '../../kit/page.module.css';
import { useText } from '../../reader/use-text.ts';
import { Libraries } from './libraries.tsx';
import { QueueTopics } from './queue-topics.tsx';
import { Resources } from './resources.tsx';

/** What an organisation may use and uses: computing units, topics it has made, libraries of operators. */
export const ResourcesPage = () => {
  const { t } = useText();
  const { orgId } = useParams({ from: '/organizations/$orgId/resources' });
  const session = useSession();
  const isDesigner = mayDesign(session, orgId);
  return (
    <div className={page.page}>
      <div className={page.head}>
        <h1>{t('resources.title')}</h1>
      </div>
      <Resources orgId={orgId} isAdministrator={session.isAdministrator} />
      <QueueTopics orgId={orgId} isDesigner={isDesigner} isManager={mayManage(session, orgId)} />
      <Libraries orgId={orgId} isDesigner={isDesigner} />
    </div>
  );
};
