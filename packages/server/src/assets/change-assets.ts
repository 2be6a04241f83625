import { eq, sql } from 'drizzle-orm';
import { rowsOf } from '../store/migrations.ts';
import { assetStores } from '../store/schema-assets.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';
import { readRevisionOf, type SeenEntry } from './read/entry-revision.ts';
import type { AssetKind } from './shapes/entries.ts';
import type { AssetPatch } from './shapes/patch.ts';
import { MAX_PROBLEMS, Problems } from './shapes/problems.ts';
import { removeEntries, tidyRemovals } from './write/remove-entries.ts';
import { writeAssets } from './write/write-assets.ts';
import { writeModels } from './write/write-models.ts';
import { checkTrees, writeTrees } from './write/write-trees.ts';
import { type KindOutcome, lockStore, type StoreRow, type Writing } from './write/writing.ts';

export type AssetDeps = Pick<UseCaseDeps, 'store' | 'clock' | 'newId' | 'limits'>;

/** What became, or would become, of a change. */
export type ChangeOutcome = Readonly<Record<AssetKind, Readonly<KindOutcome>>> & {
  /** The store's afterwards; the one before where nothing has changed. */
  readonly revision: number;
};

export interface AssetChange {
  readonly orgId: string;
  readonly actor: string;
  readonly patch: AssetPatch;
  /** Name in the audit, and what it is about. */
  readonly action: string;
  readonly target: string;
  /** Only says what would become of it. */
  readonly dryRun?: boolean;
  /** What whoever changes one entry has seen of it. */
  readonly seen?: SeenEntry;
}

/** Entries of an organisation at most; of assets the settings say. */
export const MOST = { models: 5_000, points: 200_000, trees: 100, nodes: 1_000_000 } as const;

/** Takes back the transaction of a dry run, and brings out what it found. */
class DryRunOver extends Error {
  readonly outcome: ChangeOutcome;

  constructor(outcome: ChangeOutcome) {
    super('a dry run is over');
    this.outcome = outcome;
  }
}

/**
 * Changes an organisation's store, all or nothing; doing so a second time changes nothing. A dry run does the same and
 * takes it back, so that it says exactly what would happen.
 * Errors: `ORGANIZATION_UNKNOWN`, `REVISION_OUTDATED`, `ASSETS_INVALID` with everything that is wrong.
 */
export const changeAssets = async (deps: AssetDeps, change: AssetChange): Promise<ChangeOutcome> => {
  await requireOrganization(deps.store.db, change.orgId);
  try {
    const outcome = await deps.store.db.transaction((tx) => changeWithin(deps, tx, change));
    await noteHowFull(deps, outcome);
    return outcome;
  } catch (error) {
    if (error instanceof DryRunOver) return error.outcome;
    throw error;
  }
};

const changeWithin = async (
  deps: AssetDeps,
  tx: Writing['tx'],
  { orgId, actor, patch, action, target, dryRun, seen }: AssetChange,
): Promise<ChangeOutcome> => {
  const now = deps.clock.now();
  const store = await lockStore(tx, { orgId, actor, storeId: deps.newId(), now });
  if (seen !== undefined) await requireSeen(tx, orgId, store, seen);
  const problems = new Problems(patch.tell);
  const nothing = (): KindOutcome => ({ created: 0, changed: 0, unchanged: 0, removed: 0 });
  const outcome = { models: nothing(), assets: nothing(), trees: nothing(), nodes: nothing() };
  const writing: Writing = { tx, orgId, store, revision: store.revision + 1, now, problems, outcome };
  await writeModels(writing, patch);
  await writeAssets(writing, patch);
  await writeTrees(writing, patch);
  await removeEntries(writing, patch);
  await checkTrees(writing, patch);
  const counts = await countEntries(writing);
  checkLimits(deps, counts, problems);
  refuseProblems(problems);
  const isChanged = Object.values(outcome).some(({ created, changed, removed }) => created + changed + removed > 0);
  const result = { ...outcome, revision: isChanged ? writing.revision : store.revision };
  if (dryRun === true) throw new DryRunOver(result);
  if (!isChanged) return result;
  const removalsKnownFrom = await tidyRemovals(writing);
  const row = { ...counts, removalsKnownFrom, revision: writing.revision, updatedAt: now, updatedBy: actor };
  await tx.update(assetStores).set(row).where(eq(assetStores.orgId, orgId));
  await recordAudit(tx, { at: now, orgId, actor, action, target, detail: detailOf(result) });
  return result;
};

/** Refuses to change what has changed since somebody looked. Errors: `REVISION_OUTDATED`. */
const requireSeen = async (tx: Writing['tx'], orgId: string, store: StoreRow, seen: SeenEntry): Promise<void> => {
  const is = await readRevisionOf(tx, orgId, seen);
  if (is === seen.revision) return;
  throw new UseCaseError(
    'REVISION_OUTDATED',
    'outdated',
    `You have seen revision ${seen.revision} of "${seen.id}", it is at ${is}${is === 0 ? ' (not there)' : ''}; the store was ` +
      `changed last by "${store.updatedBy}" at ${new Date(store.updatedAt).toISOString()}. Read it again, then decide.`,
    { params: { expectedRevision: seen.revision, revision: is } },
  );
};

type Counts = Pick<StoreRow, 'models' | 'points' | 'assets' | 'trees' | 'nodes'>;

const countEntries = async ({ tx, orgId, store, outcome }: Writing): Promise<Counts> => {
  const now = (kind: AssetKind): number => store[kind] + outcome[kind].created - outcome[kind].removed;
  const counts = { models: now('models'), assets: now('assets'), trees: now('trees'), nodes: now('nodes') };
  const { created, changed, removed } = outcome.models;
  if (created + changed + removed === 0) return { ...counts, points: store.points };
  const [row] = rowsOf(
    await tx.execute(sql`select sum(jsonb_array_length(points)) as points from asset_models where org_id = ${orgId}`),
  );
  return { ...counts, points: Number(row?.points ?? 0) };
};

const checkLimits = ({ limits }: AssetDeps, counts: Counts, problems: Problems): void => {
  for (const [kind, most] of Object.entries({ ...MOST, assets: limits.assetsPerOrganization })) {
    const wanted = counts[kind as keyof Counts];
    if (wanted > most)
      problems.add('ASSET_LIMIT_REACHED', '', `The organisation would have ${wanted} ${kind}; it may have ${most}.`);
  }
};

/** Errors: `ASSETS_INVALID`. */
export const refuseProblems = ({ issues, total }: Problems): void => {
  const [first] = issues;
  if (first === undefined) return;
  const more = total > MAX_PROBLEMS ? ` The first ${MAX_PROBLEMS} are told.` : '';
  throw new UseCaseError(
    'ASSETS_INVALID',
    'invalid',
    total === 1 ? first.message : `${total} problems; nothing was changed.${more} The first: ${first.message}`,
    { issues, params: { problems: total } },
  );
};

const detailOf = (outcome: ChangeOutcome): string =>
  [
    `revision ${outcome.revision}`,
    ...(['models', 'assets', 'trees', 'nodes'] as const).flatMap((kind) => {
      const { created, changed, removed } = outcome[kind];
      return created + changed + removed === 0 ? [] : [`${kind} +${created} ~${changed} -${removed}`];
    }),
  ].join(', ');

/** Rows from which the planner's idea of a table is out of date at once, and a search would be planned for another one. */
const MANY = 1_000;

const noteHowFull = async ({ store }: AssetDeps, { assets, nodes }: ChangeOutcome): Promise<void> => {
  if (assets.created + assets.changed > MANY) await store.run('analyze assets');
  if (nodes.created + nodes.changed > MANY) await store.run('analyze asset_tree_nodes');
};
