import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { organizationsQuery } from '../api/session.ts';
import { useSession } from '../api/use-session.ts';
import { Empty, Failed, Loading } from '../kit/notice.tsx';
import { useText } from '../reader/use-text.ts';
import { lastOrganization } from './last-organization.ts';

/** Where one comes to first: the pipelines of the organisation that was looked at last. */
export const Home = () => {
  const { t } = useText();
  const organizations = useQuery(organizationsQuery(useSession()));
  if (organizations.isError)
    return (
      <main>
        <Failed title={t('app.failed')} error={organizations.error} onRetry={() => void organizations.refetch()} />
      </main>
    );
  if (organizations.data === undefined)
    return (
      <main>
        <Loading />
      </main>
    );
  const last = lastOrganization();
  const chosen = organizations.data.find(({ orgId }) => orgId === last) ?? organizations.data[0];
  if (chosen === undefined)
    return (
      <main>
        <Empty isPage title={t('app.noOrganization')} hint={t('app.noOrganizationHint')} />
      </main>
    );
  return <Navigate to="/organizations/$orgId/pipelines" params={{ orgId: chosen.orgId }} replace />;
};
