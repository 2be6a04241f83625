import type { Database } from '../store/open-store.ts';
import { type DocumentUser, findDocumentUsers } from '../use-case/document-users.ts';
import type { ConnectionDeps } from './connections.ts';

/** A stage that names a connection. */
export type ConnectionUser = DocumentUser;

/** The stages that name a connection, by pipeline. */
export const usersOfConnection = async (
  { usesOf }: Pick<ConnectionDeps, 'usesOf'>,
  db: Database,
  orgId: string,
  name: string,
): Promise<readonly ConnectionUser[]> => {
  const users = await findDocumentUsers(db, {
    orgId,
    text: name,
    stagesOf: (document) => usesOf(document).flatMap((use) => (use.name === name ? [use.stage] : [])),
  });
  return users.map(({ orgId: _orgId, ...user }) => user);
};
