import { randomInt } from 'node:crypto';
import { isActive, isPipelineState } from '@penstock/model';
import { operators, timeZoneProblem } from '@penstock/operators';
import { asc, count, eq } from 'drizzle-orm';
import { librariesOf } from '../libraries/library-catalogue.ts';
import { deletePipeline } from '../pipelines/delete-pipeline.ts';
import { writeGrant } from '../resources/grants.ts';
import type { Database } from '../store/open-store.ts';
import { organizations, pipelines } from '../store/schema.ts';
import { installedLibraries, queueTopics } from '../store/schema-resources.ts';
import { textProblem } from '../store/storable-text.ts';
import { type Organization, requireOrganization } from '../use-case/find-organization.ts';
import { lockOrganization } from '../use-case/find-pipeline.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { fieldInvalid, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/** Parts of topic names are made of it, so it is narrower than Kafka's own rule. */
const ORG_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** The form EnOS gives its ids (contract A.1): `o` and 16 digits or so. */
const newOrgId = (now: number): string => `o${now}${String(randomInt(1000)).padStart(3, '0')}`;

/** Errors: `FIELD_INVALID`, `ORGANIZATION_EXISTS`. */
export const createOrganization = async (
  deps: UseCaseDeps,
  request: { orgId?: string | undefined; name: string; actor: string },
): Promise<Organization> => {
  const createdAt = deps.clock.now();
  const orgId = request.orgId ?? newOrgId(createdAt);
  if (!ORG_ID.test(orgId))
    throw fieldInvalid(
      '/orgId',
      '"orgId" must be 1 to 64 letters, digits, "_" or "-", and begin with a letter or digit.',
    );
  // The offline topics of "o1" would be the real-time topics of "OFFLINE_o1".
  if (orgId.startsWith('OFFLINE_'))
    throw fieldInvalid('/orgId', '"orgId" must not begin with "OFFLINE_": its topics would be those of another one.');
  const problem = request.name.trim() === '' ? 'must not be blank' : textProblem(request.name, 200);
  if (problem !== undefined) throw fieldInvalid('/name', `"name" ${problem}.`);
  const organization = { orgId, name: request.name, createdAt, timeZone: DEFAULT_TIME_ZONE };
  await deps.store.db.transaction(async (tx) => {
    const created = await tx.insert(organizations).values(organization).onConflictDoNothing().returning();
    if (created.length === 0)
      throw new UseCaseError('ORGANIZATION_EXISTS', 'conflict', `There already is an organisation "${orgId}".`);
    await recordAudit(tx, {
      at: createdAt,
      orgId,
      actor: request.actor,
      action: 'organization.create',
      target: orgId,
    });
    await equipForDesign(tx, deps.limits.designingCu, { orgId, actor: request.actor }, createdAt);
  });
  return organization;
};

const DEFAULT_TIME_ZONE = 'UTC';

/**
 * Says where the days of an organisation begin. Templates that do not say themselves go by it from their next release
 * on: what is released stays as it is. Errors: `ORGANIZATION_UNKNOWN`, `FIELD_INVALID`.
 */
export const setTimeZone = async (
  deps: UseCaseDeps,
  { orgId, timeZone, actor }: { readonly orgId: string; readonly timeZone: string; readonly actor: string },
): Promise<Organization> => {
  await requireOrganization(deps.store.db, orgId);
  const problem = timeZoneProblem(timeZone);
  if (problem !== undefined) throw fieldInvalid('/timeZone', problem);
  await deps.store.db.transaction(async (tx) => {
    await tx.update(organizations).set({ timeZone }).where(eq(organizations.orgId, orgId));
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId,
      actor,
      action: 'organization.time-zone',
      target: orgId,
      detail: timeZone,
    });
  });
  return requireOrganization(deps.store.db, orgId);
};

/** A new organisation can design at once: it has some Stream Designing, and the newest library in it. */
const equipForDesign = async (
  tx: Database,
  cu: number,
  { orgId, actor }: { readonly orgId: string; readonly actor: string },
  at: number,
): Promise<void> => {
  const recommended = librariesOf({ definitions: operators }).find(({ isRecommended }) => isRecommended);
  if (cu === 0 || recommended === undefined) return;
  await writeGrant(tx, { orgId, resource: 'stream-designing', cuMilli: cu * 1000, actor }, at);
  const { library } = recommended;
  await tx.insert(installedLibraries).values({ orgId, library, installedAt: at, installedBy: actor });
};

export const listOrganizations = (deps: UseCaseDeps): Promise<Organization[]> =>
  deps.store.db.select().from(organizations).orderBy(asc(organizations.createdAt), asc(organizations.orgId));

/** Errors: `ORGANIZATION_UNKNOWN`. */
export const getOrganization = (deps: UseCaseDeps, orgId: string): Promise<Organization> =>
  requireOrganization(deps.store.db, orgId);

/**
 * Deletes an organisation with its keys, grants and pipelines. Its system topics stay: data is not thrown away by the
 * way. Errors: `ORGANIZATION_UNKNOWN`, `ORGANIZATION_IN_USE` while a pipeline runs or is paused, and those of
 * `deletePipeline`.
 */
export const deleteOrganization = async (
  deps: UseCaseDeps,
  request: { orgId: string; actor: string },
): Promise<void> => {
  const { orgId, actor } = request;
  await requireOrganization(deps.store.db, orgId);
  const owned = await deps.store.db
    .select({ pipelineId: pipelines.pipelineId, status: pipelines.status })
    .from(pipelines)
    .where(eq(pipelines.orgId, orgId));
  const busy = owned.find(({ status }) => isPipelineState(status) && (isActive(status) || status === 'PAUSED'));
  if (busy !== undefined)
    throw new UseCaseError(
      'ORGANIZATION_IN_USE',
      'conflict',
      `The pipeline ${busy.pipelineId} of the organisation has status ${busy.status}. Stop its pipelines first.`,
      { params: { pipelineId: busy.pipelineId, status: busy.status } },
    );
  for (const { pipelineId } of owned) await deletePipeline(deps, { orgId, pipelineId, actor });
  await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, orgId);
    const [left] = await tx.select({ pipelines: count() }).from(pipelines).where(eq(pipelines.orgId, orgId));
    if ((left?.pipelines ?? 0) > 0)
      throw new UseCaseError('ORGANIZATION_IN_USE', 'conflict', 'A pipeline was created meanwhile. Try again.');
    const [own] = await tx.select({ topics: count() }).from(queueTopics).where(eq(queueTopics.orgId, orgId));
    if ((own?.topics ?? 0) > 0)
      throw new UseCaseError(
        'ORGANIZATION_IN_USE',
        'conflict',
        `The organisation has made ${own?.topics} topics, with records in them. Delete those first.`,
      );
    await tx.delete(organizations).where(eq(organizations.orgId, orgId));
    await recordAudit(tx, { at: deps.clock.now(), orgId, actor, action: 'organization.delete', target: orgId });
  });
};
