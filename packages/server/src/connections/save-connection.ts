import { isDeepStrictEqual } from 'node:util';
import { connectionKindOf, connectionKinds } from '@penstock/connections';
import type { JsonObject } from '@penstock/model';
import { and, count, eq } from 'drizzle-orm';
import { connections } from '../store/schema-connections.ts';
import { multilineProblem } from '../store/storable-text.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { lockOrganization } from '../use-case/find-pipeline.ts';
import { sealSecrets, unsealSecrets } from '../use-case/open-connections.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { fieldInvalid, UseCaseError } from '../use-case/use-case.ts';
import {
  CONNECTION_NAME,
  type ConnectionDeps,
  type ConnectionRow,
  type ConnectionView,
  findConnection,
  kindOf,
  MAX_CONNECTIONS,
  viewOf,
} from './connections.ts';
import { readSecrets, readSettings, type SecretChanges } from './read-connection.ts';

export interface NewConnection {
  readonly orgId: string;
  readonly actor: string;
  readonly name: string;
  readonly kind: string;
  readonly description?: string | undefined;
  readonly settings: JsonObject;
  readonly secrets?: SecretChanges | undefined;
}

/** Errors: `ORGANIZATION_UNKNOWN`, `FIELD_INVALID`, `CONNECTION_EXISTS`, `CONNECTION_LIMIT_REACHED`. */
export const createConnection = async (deps: ConnectionDeps, request: NewConnection): Promise<ConnectionView> => {
  const { orgId, actor, name } = request;
  if (!CONNECTION_NAME.test(name))
    throw fieldInvalid('/name', '"name" must be 1 to 64 letters, digits, dots, dashes and underscores.');
  const kind = connectionKindOf(request.kind);
  if (kind === undefined)
    throw fieldInvalid('/kind', `"kind" must be one of ${connectionKinds.map((one) => one.kind).join(', ')}.`);
  const description = checkedDescription(request.description ?? '');
  const settings = readSettings(kind, request.settings);
  const secrets = given(readSecrets(kind, request.secrets ?? {}));
  const { db } = deps.store;
  await requireOrganization(db, orgId);
  const at = deps.clock.now();
  const row: ConnectionRow = {
    orgId,
    name,
    kind: kind.kind,
    description,
    settings,
    ...sealSecrets(deps.seal, { orgId, name }, secrets),
    revision: 1,
    createdAt: at,
    updatedAt: at,
    updatedBy: actor,
    testedAt: null,
  };
  await db.transaction(async (tx) => {
    await lockOrganization(tx, orgId);
    const [existing] = await tx.select({ all: count() }).from(connections).where(eq(connections.orgId, orgId));
    if ((existing?.all ?? 0) >= MAX_CONNECTIONS)
      throw new UseCaseError(
        'CONNECTION_LIMIT_REACHED',
        'quota',
        `The organisation has ${MAX_CONNECTIONS} connections, which is the limit.`,
      );
    const made = await tx.insert(connections).values(row).onConflictDoNothing().returning({ name: connections.name });
    if (made.length === 0)
      throw new UseCaseError('CONNECTION_EXISTS', 'conflict', `The organisation has a connection "${name}" already.`);
    const detail = `${kind.kind} ${kind.addressOf(settings)}`;
    await recordAudit(tx, { at, orgId, actor, action: 'connection.create', target: name, detail });
  });
  return viewOf(row);
};

export interface ConnectionChange {
  readonly orgId: string;
  readonly actor: string;
  readonly name: string;
  /** What they have seen; undefined: whichever there is. */
  readonly expectedRevision: number | undefined;
  readonly description?: string | undefined;
  /** All of them; undefined: as they are. */
  readonly settings?: JsonObject | undefined;
  readonly secrets?: SecretChanges | undefined;
}

/**
 * Changes a connection; runs under way keep what they were started with. Where its settings change, its secrets have
 * to be given anew: otherwise whoever may change where it goes, and not see the password, had it sent to themselves.
 * Errors: `CONNECTION_UNKNOWN`, `REVISION_OUTDATED`, `FIELD_INVALID`, `CONNECTION_SECRET_REQUIRED`.
 */
export const changeConnection = (deps: ConnectionDeps, request: ConnectionChange): Promise<ConnectionView> =>
  deps.store.db.transaction(async (tx) => {
    const { orgId, actor, name } = request;
    const row = await findConnection(tx, orgId, name, { lock: true });
    requireSeen(row, request.expectedRevision);
    const kind = kindOf(row);
    const settings = request.settings === undefined ? row.settings : readSettings(kind, request.settings);
    const isMoved = !isDeepStrictEqual(settings, row.settings);
    const changes = readSecrets(kind, request.secrets ?? {});
    const forgotten = row.secretNames.filter((secret) => isMoved && !Object.hasOwn(changes, secret));
    if (forgotten.length > 0) throw secretRequired(forgotten);
    const secrets = given({ ...unsealSecrets(deps.seal, row), ...changes });
    const at = deps.clock.now();
    const changed: ConnectionRow = {
      ...row,
      settings,
      description: request.description === undefined ? row.description : checkedDescription(request.description),
      ...sealSecrets(deps.seal, row, secrets),
      revision: row.revision + 1,
      updatedAt: at,
      updatedBy: actor,
    };
    await tx
      .update(connections)
      .set(changed)
      .where(and(eq(connections.orgId, orgId), eq(connections.name, name)));
    const what = [
      `revision ${changed.revision}`,
      ...(isMoved ? [kind.addressOf(settings)] : []),
      ...(Object.keys(changes).length > 0 ? ['secrets'] : []),
    ];
    await recordAudit(tx, { at, orgId, actor, action: 'connection.change', target: name, detail: what.join(', ') });
    return viewOf(changed);
  });

const given = (secrets: SecretChanges): Record<string, string> =>
  Object.fromEntries(Object.entries(secrets).flatMap(([name, text]) => (text === null ? [] : [[name, text]])));

const checkedDescription = (description: string): string => {
  const problem = multilineProblem(description, 1000);
  if (problem !== undefined) throw fieldInvalid('/description', `"description" ${problem}.`);
  return description;
};

const requireSeen = ({ revision, updatedBy, updatedAt }: ConnectionRow, expected: number | undefined): void => {
  if (expected === undefined || expected === revision) return;
  throw new UseCaseError(
    'REVISION_OUTDATED',
    'outdated',
    `The connection was changed by "${updatedBy}" at ${new Date(updatedAt).toISOString()}: you have seen revision ${expected}, it is at ${revision}. Read it again, then decide.`,
    { params: { expectedRevision: expected, revision, updatedAt, updatedBy } },
  );
};

const secretRequired = (names: readonly string[]): UseCaseError =>
  new UseCaseError(
    'CONNECTION_SECRET_REQUIRED',
    'invalid',
    `The connection would go somewhere else, or in another way: give ${names.map((name) => `"${name}"`).join(', ')} anew.`,
    {
      issues: names.map((name) => ({
        code: 'CONNECTION_SECRET_REQUIRED',
        severity: 'error',
        path: `/secrets/${name}`,
        message: `Give "${name}" anew: it is not taken to where the connection goes now.`,
      })),
    },
  );
