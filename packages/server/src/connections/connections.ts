import { type ConnectionAccess, type ConnectionKind, connectionKindOf } from '@penstock/connections';
import type { ConnectionUse } from '@penstock/engine';
import type { Issue, JsonObject } from '@penstock/model';
import { and, asc, eq } from 'drizzle-orm';
import type { Seal } from '../auth/seal.ts';
import type { Database } from '../store/open-store.ts';
import { connections } from '../store/schema-connections.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/** What the use cases about connections work with. */
export interface ConnectionDeps extends Pick<UseCaseDeps, 'store' | 'clock'> {
  readonly seal: Seal;
  readonly access: ConnectionAccess;
  /** The connections that a document names. */
  readonly usesOf: (document: JsonObject) => readonly ConnectionUse[];
}

export type ConnectionRow = typeof connections.$inferSelect;

/** A connection as it is shown: of its secrets only which there are. */
export interface ConnectionView {
  readonly name: string;
  readonly kind: string;
  readonly description: string;
  readonly settings: JsonObject;
  /** Names of the secrets that were given. */
  readonly secrets: readonly string[];
  /** Where it goes, in a few words. */
  readonly address: string;
  /** What is to be known of its settings; paths begin with `/settings`. */
  readonly issues: readonly Issue[];
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
  readonly testedAt: number | null;
}

/** Connections of an organisation at most. */
export const MAX_CONNECTIONS = 200;

/** Documents, paths and logs hold it; so nothing in it needs escaping anywhere. */
export const CONNECTION_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const kindOf = ({ kind, name }: Pick<ConnectionRow, 'kind' | 'name'>): ConnectionKind => {
  const known = connectionKindOf(kind);
  if (known === undefined) throw new Error(`Connection "${name}" has the unknown kind "${kind}"`);
  return known;
};

export const viewOf = (row: ConnectionRow): ConnectionView => {
  const kind = kindOf(row);
  return {
    name: row.name,
    kind: row.kind,
    description: row.description,
    settings: row.settings as JsonObject,
    secrets: row.secretNames,
    address: kind.addressOf(row.settings),
    issues: kind.remarks(row.settings).map((issue) => ({ ...issue, path: `/settings${issue.path}` })),
    revision: row.revision,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    updatedBy: row.updatedBy,
    testedAt: row.testedAt,
  };
};

/** Connections of an organisation by name. Errors: `ORGANIZATION_UNKNOWN`. */
export const listConnections = async (
  deps: Pick<ConnectionDeps, 'store'>,
  orgId: string,
): Promise<readonly ConnectionView[]> => {
  await requireOrganization(deps.store.db, orgId);
  const rows = await deps.store.db
    .select()
    .from(connections)
    .where(eq(connections.orgId, orgId))
    .orderBy(asc(connections.name));
  return rows.map(viewOf);
};

/** Errors: `CONNECTION_UNKNOWN`. `lock` holds it until the transaction ends. */
export const findConnection = async (
  db: Database,
  orgId: string,
  name: string,
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<ConnectionRow> => {
  const query = db
    .select()
    .from(connections)
    .where(and(eq(connections.orgId, orgId), eq(connections.name, name)));
  const [row] = CONNECTION_NAME.test(name) ? await (lock ? query.for('update') : query) : [];
  if (row === undefined)
    throw new UseCaseError('CONNECTION_UNKNOWN', 'not-found', 'The organisation has no such connection.', {
      params: { connection: name },
    });
  return row;
};
