import { randomBytes, randomUUID } from 'node:crypto';
import { and, asc, eq } from 'drizzle-orm';
import type { Seal } from '../auth/seal.ts';
import { accessKeys } from '../store/schema.ts';
import { textProblem } from '../store/storable-text.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { fieldInvalid, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/** An access key without its secret. */
export interface AccessKeyView {
  readonly accessKey: string;
  readonly name: string;
  readonly createdAt: number;
}

type Deps = UseCaseDeps & { readonly seal: Seal };

/** Makes a key pair; the secret is given once, here. Errors: `ORGANIZATION_UNKNOWN`, `FIELD_INVALID`. */
export const createAccessKey = async (
  deps: Deps,
  request: { orgId: string; name?: string | undefined; actor: string },
): Promise<AccessKeyView & { readonly secretKey: string }> => {
  await requireOrganization(deps.store.db, request.orgId);
  const name = request.name ?? '';
  const problem = textProblem(name, 200);
  if (problem !== undefined) throw fieldInvalid('/name', `"name" ${problem}.`);
  // Ids look as EnOS's do; the secret is 256 bits from the system's generator.
  const accessKey = randomUUID();
  const secretKey = randomBytes(32).toString('base64url');
  const createdAt = deps.clock.now();
  await deps.store.db.transaction(async (tx) => {
    const sealedSecret = deps.seal.seal(`secret-key:${accessKey}`, secretKey);
    await tx.insert(accessKeys).values({ accessKey, orgId: request.orgId, name, sealedSecret, createdAt });
    await recordAudit(tx, {
      at: createdAt,
      orgId: request.orgId,
      actor: request.actor,
      action: 'access-key.create',
      target: accessKey,
    });
  });
  return { accessKey, secretKey, name, createdAt };
};

/** Errors: `ORGANIZATION_UNKNOWN`. */
export const listAccessKeys = async (deps: UseCaseDeps, orgId: string): Promise<readonly AccessKeyView[]> => {
  await requireOrganization(deps.store.db, orgId);
  return deps.store.db
    .select({ accessKey: accessKeys.accessKey, name: accessKeys.name, createdAt: accessKeys.createdAt })
    .from(accessKeys)
    .where(eq(accessKeys.orgId, orgId))
    .orderBy(asc(accessKeys.createdAt), asc(accessKeys.accessKey));
};

/** Removes a key; its token is worth nothing at once. Errors: `ORGANIZATION_UNKNOWN`, `ACCESS_KEY_UNKNOWN`. */
export const deleteAccessKey = async (
  deps: UseCaseDeps,
  request: { orgId: string; accessKey: string; actor: string },
): Promise<void> => {
  await requireOrganization(deps.store.db, request.orgId);
  const unknown = new UseCaseError('ACCESS_KEY_UNKNOWN', 'not-found', 'The organisation has no such access key.');
  if (textProblem(request.accessKey, 64) !== undefined) throw unknown;
  await deps.store.db.transaction(async (tx) => {
    const deleted = await tx
      .delete(accessKeys)
      .where(and(eq(accessKeys.accessKey, request.accessKey), eq(accessKeys.orgId, request.orgId)))
      .returning({ accessKey: accessKeys.accessKey });
    if (deleted.length === 0) throw unknown;
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId: request.orgId,
      actor: request.actor,
      action: 'access-key.delete',
      target: request.accessKey,
    });
  });
};
