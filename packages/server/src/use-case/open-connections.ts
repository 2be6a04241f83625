import { AppError, isJsonObject, type JsonObject, type JsonValue, type ResolvedConnection } from '@penstock/model';
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Seal } from '../auth/seal.ts';
import type { Database } from '../store/open-store.ts';
import { connections } from '../store/schema-connections.ts';

export const connectionPurpose = (orgId: string, name: string): string => `connection:${orgId}/${name}`;

type Row = Pick<typeof connections.$inferSelect, 'orgId' | 'name' | 'sealedSecrets'>;

/** The secrets of a connection by their names, in clear. */
export const unsealSecrets = (seal: Seal, { orgId, name, sealedSecrets }: Row): Record<string, string> => {
  const value: JsonValue = JSON.parse(seal.unseal(connectionPurpose(orgId, name), sealedSecrets));
  if (!isJsonObject(value)) throw new Error(`The secrets of connection "${name}" are no object`);
  return Object.fromEntries(
    Object.entries(value).flatMap(([secret, text]) => (typeof text === 'string' ? [[secret, text]] : [])),
  );
};

export const sealSecrets = (
  seal: Seal,
  { orgId, name }: Pick<Row, 'orgId' | 'name'>,
  secrets: Readonly<Record<string, string>>,
): Pick<typeof connections.$inferSelect, 'secretNames' | 'sealedSecrets'> => ({
  secretNames: Object.keys(secrets).sort(),
  sealedSecrets: seal.seal(connectionPurpose(orgId, name), JSON.stringify(secrets)),
});

/**
 * Connections of an organisation with their secrets in clear: for the run that names them, and for nobody else.
 * Errors: `CONNECTION_UNKNOWN`.
 */
export const openConnections = async (
  db: Database,
  seal: Seal,
  orgId: string,
  names: readonly string[],
): Promise<ResolvedConnection[]> => {
  if (names.length === 0) return [];
  const rows = await db
    .select()
    .from(connections)
    .where(and(eq(connections.orgId, orgId), inArray(connections.name, [...names])))
    .orderBy(asc(connections.name));
  for (const name of names)
    if (!rows.some((row) => row.name === name))
      throw new AppError('CONNECTION_UNKNOWN', `A stage names the connection "${name}", which is not there any more.`, {
        domain: 'user',
        params: { connection: name },
      });
  return rows.map((row) => ({
    name: row.name,
    kind: row.kind,
    settings: row.settings as JsonObject,
    secrets: unsealSecrets(seal, row),
  }));
};

/** All secrets of an organisation's connections, to be hidden wherever they turn up; under a name that says so. */
export const connectionSecrets = async (db: Database, seal: Seal, orgId: string): Promise<{ secret: string }[]> => {
  const rows = await db.select().from(connections).where(eq(connections.orgId, orgId));
  return rows.flatMap((row) => Object.values(unsealSecrets(seal, row)).map((secret) => ({ secret })));
};
