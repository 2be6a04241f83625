import { and, eq } from 'drizzle-orm';
import { sessions, userIdentities } from '../../store/schema-people.ts';
import { recordAudit } from '../../use-case/record-event.ts';
import type { PeopleDeps } from '../people.ts';
import { findUser } from '../users.ts';

/**
 * Forgets who a user is at the provider, and ends the sessions that came of it: the next who signs in there with the
 * user's address is them. Resolves to how many accounts of the provider were forgotten. Errors: `USER_UNKNOWN`.
 */
export const unlinkProvider = (
  deps: PeopleDeps,
  { userId, actor }: { readonly userId: string; readonly actor: string },
): Promise<number> =>
  deps.store.db.transaction(async (tx) => {
    const user = await findUser(tx, userId, { lock: true });
    const gone = await tx.delete(userIdentities).where(eq(userIdentities.userId, userId)).returning();
    await tx.delete(sessions).where(and(eq(sessions.userId, userId), eq(sessions.method, 'oidc')));
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId: null,
      actor,
      action: 'user.unlink-provider',
      target: userId,
      detail: user.email,
    });
    return gone.length;
  });
