import type { Clock } from '@penstock/engine';
import { messageOf } from '@penstock/model';
import { and, asc, eq } from 'drizzle-orm';
import { type Balances, readBalances } from '../../resources/balances.ts';
import { RESOURCES, type Resource } from '../../resources/resource-types.ts';
import { noteUsage } from '../../resources/usage.ts';
import type { Database, Store } from '../../store/open-store.ts';
import { grants } from '../../store/schema.ts';
import { resourceWarnings } from '../../store/schema-resources.ts';
import { lockOrganization } from '../../use-case/find-pipeline.ts';
import { addDelivery } from '../delivery/add-delivery.ts';
import { receiverIdsOf } from '../receivers/receivers.ts';
import type { AlarmNotice } from '../texts/notice.ts';
import { percentOf, type ResourceNotice, stepResource } from './resource-step.ts';

export interface ResourceWatchDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly newId: () => string;
  /** From how many percent of a grant on people are told. */
  readonly warnPercent: number;
  readonly giveUpMs: number;
  /** False while the database belongs elsewhere: then nobody is told anything. */
  readonly isAtHome: () => boolean;
  readonly onTold: () => void;
  readonly log: { error(facts: object, message: string): void };
}

/**
 * One look at what every organisation uses of its grants: noted for the hour, and told to all its receivers where little
 * is left of one. Any instance, any time: whoever finds a change first writes it with what is told.
 */
export const watchResources = async (deps: ResourceWatchDeps): Promise<void> => {
  const { store, clock, isAtHome, log } = deps;
  if (!isAtHome()) return;
  for (const orgId of await watched(store.db)) {
    try {
      const balances = await readBalances(store.db, orgId);
      await noteUsage(store.db, orgId, balances, clock.now());
      const raised = await raisedOf(store.db, orgId);
      if (changesOf(deps, balances, new Set(raised.keys())).length > 0) await tellChanges(deps, orgId);
    } catch (error) {
      log.error({ orgId, reason: messageOf(error) }, 'the resources of an organisation could not be looked at');
    }
  }
};

/** Those that have a grant, and those that were warned of one they had. */
const watched = async (db: Database): Promise<readonly string[]> => {
  const granted = await db.selectDistinct({ orgId: grants.orgId }).from(grants).orderBy(asc(grants.orgId));
  const warned = await db.selectDistinct({ orgId: resourceWarnings.orgId }).from(resourceWarnings);
  return [...new Set([...granted, ...warned].map(({ orgId }) => orgId))];
};

type Warning = typeof resourceWarnings.$inferSelect;

const raisedOf = async (db: Database, orgId: string): Promise<ReadonlyMap<string, Warning>> =>
  new Map(
    (await db.select().from(resourceWarnings).where(eq(resourceWarnings.orgId, orgId))).map((row) => [
      row.resource,
      row,
    ]),
  );

const changesOf = (
  { warnPercent }: Pick<ResourceWatchDeps, 'warnPercent'>,
  balances: Balances,
  raised: ReadonlySet<string>,
): readonly { readonly resource: Resource; readonly kind: ResourceNotice }[] =>
  RESOURCES.flatMap((resource) => {
    const kind = stepResource(raised.has(resource), balances[resource], warnPercent);
    return kind === undefined ? [] : [{ resource, kind }];
  });

/** Looks once more while the organisation's row is held: of two instances the second sees what the first has done. */
const tellChanges = async (deps: ResourceWatchDeps, orgId: string): Promise<void> => {
  const told = await deps.store.db.transaction(async (tx) => {
    if (!(await lockOrganization(tx, orgId))) return 0;
    const balances = await readBalances(tx, orgId);
    const raised = await raisedOf(tx, orgId);
    const receivers = await receiverIdsOf(tx, orgId);
    const changes = changesOf(deps, balances, new Set(raised.keys()));
    for (const { resource, kind } of changes) {
      const now = deps.clock.now();
      const incidentId = raised.get(resource)?.incidentId ?? deps.newId();
      const { granted = 0, used } = balances[resource];
      const notice: AlarmNotice = {
        kind,
        rule: 'resource',
        incidentId,
        orgId,
        pipelineId: null,
        pipelineName: '',
        at: now,
        since: now,
        facts: { resource, used: used / 1000, granted: granted / 1000, percent: percentOf(balances[resource]) ?? 0 },
      };
      await writeWarning(tx, { orgId, resource, since: now, incidentId }, kind);
      for (const receiverId of receivers) await addDelivery(tx, deps, receiverId, notice);
    }
    return changes.length * receivers.size;
  });
  if (told > 0) deps.onTold();
};

const writeWarning = async (tx: Database, warning: Warning, kind: ResourceNotice): Promise<void> => {
  const { orgId, resource } = warning;
  if (kind === 'raised') await tx.insert(resourceWarnings).values(warning);
  else
    await tx
      .delete(resourceWarnings)
      .where(and(eq(resourceWarnings.orgId, orgId), eq(resourceWarnings.resource, resource)));
};
