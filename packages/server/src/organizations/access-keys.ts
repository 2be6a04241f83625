import { randomBytes, randomUUID } from 'node:crypto';
import { and, asc, eq } from 'drizzle-orm';
import { parseRole } from '../auth/caller.ts';
import type { Role } from '../auth/permissions.ts';
import type { Seal } from '../auth/seal.ts';
import { accessKeys, accessTokens } from '../store/schema.ts';
import { textProblem } from '../store/storable-text.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { fieldInvalid, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/** An access key without its secret. */
export interface AccessKeyView {
  readonly accessKey: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  /** Good for nothing from then on; null: for ever. */
  readonly expiresAt: number | null;
  /** To the minute; null: never. */
  readonly lastUsedAt: number | null;
}

type Deps = UseCaseDeps & { readonly seal: Seal };

/** Makes a key pair; the secret is given once, here. Errors: `ORGANIZATION_UNKNOWN`, `FIELD_INVALID`. */
export const createAccessKey = async (
  deps: Deps,
  request: {
    orgId: string;
    name?: string | undefined;
    role?: Role | undefined;
    expiresAt?: number | undefined;
    actor: string;
  },
): Promise<AccessKeyView & { readonly secretKey: string }> => {
  await requireOrganization(deps.store.db, request.orgId);
  const name = request.name ?? '';
  const problem = textProblem(name, 200);
  if (problem !== undefined) throw fieldInvalid('/name', `"name" ${problem}.`);
  // Ids look as EnOS's do; the secret is 256 bits from the system's generator.
  const accessKey = randomUUID();
  const secretKey = randomBytes(32).toString('base64url');
  const createdAt = deps.clock.now();
  const { role = 'administrator', expiresAt = null } = request;
  if (expiresAt !== null && expiresAt <= createdAt) throw fieldInvalid('/expiresAt', '"expiresAt" lies in the past.');
  await deps.store.db.transaction(async (tx) => {
    const sealedSecret = deps.seal.seal(`secret-key:${accessKey}`, secretKey);
    await tx
      .insert(accessKeys)
      .values({ accessKey, orgId: request.orgId, name, role, sealedSecret, createdAt, expiresAt });
    await recordAudit(tx, {
      at: createdAt,
      orgId: request.orgId,
      actor: request.actor,
      action: 'access-key.create',
      target: accessKey,
      detail: role,
    });
  });
  return { accessKey, secretKey, name, role, createdAt, expiresAt, lastUsedAt: null };
};

/** Errors: `ORGANIZATION_UNKNOWN`. */
export const listAccessKeys = async (deps: UseCaseDeps, orgId: string): Promise<readonly AccessKeyView[]> => {
  await requireOrganization(deps.store.db, orgId);
  const rows = await deps.store.db
    .select({
      accessKey: accessKeys.accessKey,
      name: accessKeys.name,
      role: accessKeys.role,
      createdAt: accessKeys.createdAt,
      expiresAt: accessKeys.expiresAt,
      lastUsedAt: accessKeys.lastUsedAt,
    })
    .from(accessKeys)
    .where(eq(accessKeys.orgId, orgId))
    .orderBy(asc(accessKeys.createdAt), asc(accessKeys.accessKey));
  return rows.map((row) => ({ ...row, role: parseRole(row.role) }));
};

/**
 * Has the key's token be worth nothing from now on; the key itself stays good for the next one. Errors:
 * `ORGANIZATION_UNKNOWN`, `ACCESS_KEY_UNKNOWN`.
 */
export const revokeTokens = async (
  deps: UseCaseDeps,
  request: { orgId: string; accessKey: string; actor: string },
): Promise<void> => {
  await requireOrganization(deps.store.db, request.orgId);
  if (textProblem(request.accessKey, 64) !== undefined) throw keyUnknown();
  await deps.store.db.transaction(async (tx) => {
    const [key] = await tx
      .select({ accessKey: accessKeys.accessKey })
      .from(accessKeys)
      .where(and(eq(accessKeys.accessKey, request.accessKey), eq(accessKeys.orgId, request.orgId)))
      .for('update');
    if (key === undefined) throw keyUnknown();
    await tx.delete(accessTokens).where(eq(accessTokens.accessKey, key.accessKey));
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId: request.orgId,
      actor: request.actor,
      action: 'access-key.revoke-tokens',
      target: key.accessKey,
    });
  });
};

const keyUnknown = (): UseCaseError =>
  new UseCaseError('ACCESS_KEY_UNKNOWN', 'not-found', 'The organisation has no such access key.');

/** Removes a key; its token is worth nothing at once. Errors: `ORGANIZATION_UNKNOWN`, `ACCESS_KEY_UNKNOWN`. */
export const deleteAccessKey = async (
  deps: UseCaseDeps,
  request: { orgId: string; accessKey: string; actor: string },
): Promise<void> => {
  await requireOrganization(deps.store.db, request.orgId);
  if (textProblem(request.accessKey, 64) !== undefined) throw keyUnknown();
  await deps.store.db.transaction(async (tx) => {
    const deleted = await tx
      .delete(accessKeys)
      .where(and(eq(accessKeys.accessKey, request.accessKey), eq(accessKeys.orgId, request.orgId)))
      .returning({ accessKey: accessKeys.accessKey });
    if (deleted.length === 0) throw keyUnknown();
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId: request.orgId,
      actor: request.actor,
      action: 'access-key.delete',
      target: request.accessKey,
    });
  });
};
