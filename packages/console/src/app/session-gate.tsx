import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { sessionQuery } from '../api/session.ts';
import { SessionContext } from '../api/use-session.ts';
import { Failed, Loading } from '../kit/notice.tsx';
import { SignInPage } from '../pages/sign-in/sign-in-page.tsx';
import { useText } from '../reader/use-text.ts';

/** Shows pages to who is signed in, and to everybody else the way in, at the same address. */
export const SessionGate = () => {
  const { t } = useText();
  const session = useQuery(sessionQuery);
  if (session.data === undefined) {
    if (session.isError)
      return (
        <main>
          <Failed title={t('app.failed')} error={session.error} onRetry={() => void session.refetch()} />
        </main>
      );
    return (
      <main>
        <Loading />
      </main>
    );
  }
  if (session.data === null) return <SignInPage />;
  return (
    <SessionContext value={session.data}>
      <Outlet />
    </SessionContext>
  );
};
