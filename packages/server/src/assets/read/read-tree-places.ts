import { type AssetsReplyDraft, MAX_NEIGHBOURS, type PlacesQuestion } from '@penstock/model';
import { type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../../store/migrations.ts';
import type { Database } from '../../store/store.ts';
import { isAssetId } from './plausible.ts';

/** What is left of a reply, in characters; answers take of it. */
export interface ReplyRoom {
  chars: number;
}

type PlacesAnswers = NonNullable<AssetsReplyDraft['places']>;
type TreePlace = PlacesAnswers[number]['trees'][number];
type Tree = Omit<TreePlace, 'assetIds'>;

/** The places of assets in trees, for those of the questions for which there is room; for the first one always. */
export const placesOf = async (
  db: Database,
  orgId: string,
  questions: readonly PlacesQuestion[],
  room: ReplyRoom,
): Promise<PlacesAnswers> => {
  const answers: PlacesAnswers = [];
  const trees = new Map<string, ReadonlyMap<string, Tree>>();
  for (const [at, { assetId, tagKey, tagValue, side }] of questions.entries()) {
    const tag = JSON.stringify([tagKey, tagValue]);
    const tagged = trees.get(tag) ?? (await treesWith(db, orgId, tagKey, tagValue));
    trees.set(tag, tagged);
    const answer: PlacesAnswers[number] = { at, trees: [], isTooMany: false };
    if (tagged.size > 0 && isAssetId(assetId)) {
      const found = await placesIn(db, orgId, tagged, assetId, side);
      answer.isTooMany = found === 'too-many';
      answer.trees = found === 'too-many' ? [] : found;
    }
    room.chars -= JSON.stringify(answer).length;
    if (answers.length > 0 && room.chars < 0) break;
    answers.push(answer);
  }
  return answers;
};

/** The trees with a tag, in the order of their ids. */
const treesWith = async (
  db: Database,
  orgId: string,
  tagKey: string,
  tagValue: string,
): Promise<ReadonlyMap<string, Tree>> => {
  const rows = rowsOf(
    await db.execute(sql`
      select t.tree_id, t.name, t.description, count(r.asset_id) as roots, min(r.asset_id) as root_id
      from asset_trees t left join asset_tree_nodes r
        on r.org_id = t.org_id and r.tree_id = t.tree_id and r.parent_id is null
      where t.org_id = ${orgId} and t.tags ->> ${tagKey}::text = ${tagValue}
      group by t.tree_id, t.name, t.description order by t.tree_id`),
  );
  return new Map(
    rows.map((row) => {
      const treeId = String(row.tree_id);
      const rootId = Number(row.roots) === 1 ? String(row.root_id) : null;
      return [treeId, { treeId, name: String(row.name), description: String(row.description), rootId }];
    }),
  );
};

const placesIn = async (
  db: Database,
  orgId: string,
  trees: ReadonlyMap<string, Tree>,
  assetId: string,
  side: PlacesQuestion['side'],
): Promise<TreePlace[] | 'too-many'> => {
  const among = sql`(select jsonb_array_elements_text(${JSON.stringify([...trees.keys()])}::jsonb))`;
  const own = rowsOf(
    await db.execute(sql`
      select tree_id, parent_id from asset_tree_nodes
      where org_id = ${orgId} and asset_id = ${assetId} and tree_id in ${among} order by tree_id`),
  );
  const neighbours = new Map<string, string[]>();
  for (const { tree_id, parent_id } of own)
    neighbours.set(String(tree_id), side === 'above' && parent_id !== null ? [String(parent_id)] : []);
  if (side !== 'above' && own.length > 0) {
    const below = rowsOf(
      await db.execute(sql`select * from (${belowQuery(orgId, assetId, among, side)}) b limit ${MAX_NEIGHBOURS + 1}`),
    );
    if (below.length > MAX_NEIGHBOURS) return 'too-many';
    for (const { tree_id, asset_id } of below) neighbours.get(String(tree_id))?.push(String(asset_id));
  }
  return [...neighbours].flatMap(([treeId, assetIds]): TreePlace[] => {
    const tree = trees.get(treeId);
    return tree === undefined ? [] : [{ ...tree, assetIds: assetIds.sort() }];
  });
};

/** Rows of it are made as they are read: a limit ends a walk through a large tree. */
const belowQuery = (orgId: string, assetId: string, among: SQL, side: 'below' | 'all-below'): SQL => {
  const direct = sql`select tree_id, asset_id from asset_tree_nodes
    where org_id = ${orgId} and parent_id = ${assetId} and tree_id in ${among}`;
  if (side === 'below') return direct;
  return sql`with recursive below as (
      ${direct}
      union all
      select n.tree_id, n.asset_id from below join asset_tree_nodes n
        on n.org_id = ${orgId} and n.tree_id = below.tree_id and n.parent_id = below.asset_id
    )
    select tree_id, asset_id from below`;
};
