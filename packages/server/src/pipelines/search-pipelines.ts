import type { PipelineState } from '@penstock/model';
import { and, asc, desc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines } from '../store/schema.ts';

/** What somebody looks for in an organisation; absent: whatever. */
export interface PipelineSearch {
  readonly orgId: string;
  /** Part of the name, the description or the id, in any case. */
  readonly text?: string;
  readonly states?: readonly PipelineState[];
  /** Null: those in no group. */
  readonly group?: string | null;
  /** All of them. */
  readonly labels?: readonly string[];
  readonly executionMode?: number;
  readonly isSystem?: boolean;
}

export type PipelineSort = 'updated' | 'name';

/** Where a page ends: the sorted value and the id of its last pipeline. */
export interface PipelinePosition {
  readonly sort: PipelineSort;
  readonly value: number | string;
  readonly pipelineId: string;
}

/** What all but the states and the place in the list narrow it down to. */
const narrow = ({ orgId, text, group, labels, executionMode, isSystem }: PipelineSearch): SQL | undefined => {
  const pattern = `%${(text ?? '').replace(/[\\%_]/g, '\\$&')}%`;
  return and(
    eq(pipelines.orgId, orgId),
    text === undefined ? undefined : sql`${pipelines.searchText} like lower(${pattern})`,
    group === undefined ? undefined : group === null ? isNull(pipelines.groupName) : eq(pipelines.groupName, group),
    labels === undefined ? undefined : sql`${pipelines.labels} @> ${JSON.stringify(labels)}::jsonb`,
    executionMode === undefined ? undefined : eq(pipelines.executionMode, executionMode),
    isSystem === undefined ? undefined : eq(pipelines.isSystem, isSystem),
  );
};

/** The pipelines meant, from behind a position on. */
export const searchCondition = (search: PipelineSearch, after: PipelinePosition | undefined): SQL | undefined =>
  and(
    narrow(search),
    search.states === undefined ? undefined : inArray(pipelines.status, [...search.states]),
    after === undefined
      ? undefined
      : after.sort === 'name'
        ? sql`(${pipelines.name}, ${pipelines.pipelineId}) > (${after.value}, ${after.pipelineId})`
        : sql`(${pipelines.updatedAt}, ${pipelines.pipelineId}) < (${after.value}, ${after.pipelineId})`,
  );

/** The order of a list: last changed first, or by name; the id decides where that leaves it open. */
export const searchOrder = (sort: PipelineSort): readonly SQL[] =>
  sort === 'name'
    ? [asc(pipelines.name), asc(pipelines.pipelineId)]
    : [desc(pipelines.updatedAt), desc(pipelines.pipelineId)];

/** How many there are in each state, whichever states are looked for. */
export const countStates = async (db: Database, search: PipelineSearch): Promise<Readonly<Record<string, number>>> => {
  const rows = await db
    .select({ status: pipelines.status, total: sql<number>`count(*)`.mapWith(Number) })
    .from(pipelines)
    .where(narrow(search))
    .groupBy(pipelines.status);
  return Object.fromEntries(rows.map(({ status, total }) => [status, total]));
};

/** Groups and labels in use, with how many pipelines have each. */
export const readFiling = async (db: Database, orgId: string) => {
  const groups = await db
    .select({ name: pipelines.groupName, pipelines: sql<number>`count(*)`.mapWith(Number) })
    .from(pipelines)
    .where(eq(pipelines.orgId, orgId))
    .groupBy(pipelines.groupName)
    .orderBy(asc(pipelines.groupName));
  const label = sql<string>`label`;
  const labels = await db
    .select({ name: label, pipelines: sql<number>`count(*)`.mapWith(Number) })
    .from(sql`${pipelines}, jsonb_array_elements_text(${pipelines.labels}) as label`)
    .where(eq(pipelines.orgId, orgId))
    .groupBy(label)
    .orderBy(label);
  return { groups, labels };
};
