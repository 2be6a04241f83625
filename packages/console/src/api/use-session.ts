import type { SignedIn } from '@penstock/client/session';
import { createContext, use } from 'react';

export const SessionContext = createContext<SignedIn | undefined>(undefined);

/** Who is signed in; undefined on the page to sign in on. */
export const useSessionIfAny = (): SignedIn | undefined => use(SessionContext);

/** Who is signed in. Only within pages, which nobody else sees. */
export const useSession = (): SignedIn => {
  const session = useSessionIfAny();
  if (session === undefined) throw new Error('this is shown to nobody who is not signed in');
  return session;
};
