import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { and, eq, inArray, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines, pipelineVersions, runs } from '../store/schema.ts';

/** A stage of a pipeline that uses something its organisation has. */
export interface DocumentUser {
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly stage: string;
  /** Which copy of the document: the one people work on, the one that is online, or one that a run was started with. */
  readonly copy: 'design' | 'released' | 'running';
}

/** Which documents are looked into, and how. */
export interface DocumentSearch {
  /** Null: of every organisation. */
  readonly orgId: string | null;
  /** A text that a document has to have in it to be looked into; null: all of them are. */
  readonly text: string | null;
  /** Instance names of the stages that use it. */
  readonly stagesOf: (document: JsonObject) => readonly string[];
}

/** Shown at most; whoever has to change as many will not do it by a list. */
const MAX_USERS = 200;

type Place = Omit<DocumentUser, 'stage'> & { readonly orgId: string };

/** The stages that use something, by pipeline, 200 at most. Documents may be megabytes, so no two are held at once. */
export const findDocumentUsers = async (
  db: Database,
  search: DocumentSearch,
): Promise<readonly (DocumentUser & { readonly orgId: string })[]> => {
  const found: (DocumentUser & { readonly orgId: string })[] = [];
  const note = (place: Place, text: string | null): void => {
    if (text === null) return;
    const document: JsonValue = JSON.parse(text);
    if (!isJsonObject(document)) return;
    for (const stage of search.stagesOf(document)) found.push({ ...place, stage });
  };
  for (const place of await designs(db, search)) {
    const [row] = await db
      .select({ document: pipelines.document })
      .from(pipelines)
      .where(eq(pipelines.pipelineId, place.pipelineId));
    note({ ...place, copy: 'design' }, row?.document ?? null);
    if (found.length >= MAX_USERS) return found.slice(0, MAX_USERS);
  }
  for (const { number, isReleased, ...place } of await versions(db, search)) {
    const [row] = await db
      .select({ document: pipelineVersions.document })
      .from(pipelineVersions)
      .where(and(eq(pipelineVersions.pipelineId, place.pipelineId), eq(pipelineVersions.number, number)));
    note({ ...place, copy: isReleased ? 'released' : 'running' }, row?.document ?? null);
    if (found.length >= MAX_USERS) return found.slice(0, MAX_USERS);
  }
  return found;
};

/** Texts that may name it: with it in them as it is, or with something in them that is spelt otherwise than it reads. */
const mayName = (
  document: typeof pipelines.document | typeof pipelineVersions.document,
  text: string | null,
): SQL | undefined =>
  text === null ? undefined : sql`(strpos(${document}, ${text}) > 0 or strpos(${document}, '\\u') > 0)`;

const place = { pipelineId: pipelines.pipelineId, pipelineName: pipelines.name, orgId: pipelines.orgId };

const isOf = (orgId: string | null): SQL | undefined => (orgId === null ? undefined : eq(pipelines.orgId, orgId));

const designs = (db: Database, { orgId, text }: DocumentSearch) =>
  db
    .select(place)
    .from(pipelines)
    .where(and(isOf(orgId), mayName(pipelines.document, text)))
    .orderBy(pipelines.name, pipelines.pipelineId);

/** Of the versions those that are online, and those that open runs were started with. */
const versions = (db: Database, { orgId, text }: DocumentSearch) => {
  const open = db
    .select({ number: runs.versionNumber })
    .from(runs)
    .where(and(eq(runs.pipelineId, pipelines.pipelineId), isNull(runs.endedAt)));
  return db
    .select({
      ...place,
      number: pipelineVersions.number,
      isReleased: sql<boolean>`${pipelineVersions.number} is not distinct from ${pipelines.releasedNumber}`,
    })
    .from(pipelineVersions)
    .innerJoin(pipelines, eq(pipelines.pipelineId, pipelineVersions.pipelineId))
    .where(
      and(
        isOf(orgId),
        or(eq(pipelineVersions.number, pipelines.releasedNumber), inArray(pipelineVersions.number, open)),
        mayName(pipelineVersions.document, text),
      ),
    )
    .orderBy(pipelines.name, pipelines.pipelineId, pipelineVersions.number);
};

/** How many pipelines these users are of. */
export const pipelinesOf = (users: readonly Pick<DocumentUser, 'pipelineId'>[]): number =>
  new Set(users.map(({ pipelineId }) => pipelineId)).size;

/** Pipelines told in an answer; lists have all. */
const NAMED = 4;

/** `"a", "b" and others`: the pipelines of these users. */
export const namesOf = (users: readonly Pick<DocumentUser, 'pipelineName'>[]): string => {
  const names = [...new Set(users.map(({ pipelineName }) => `"${pipelineName}"`))];
  return `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ' and others' : ''}`;
};
