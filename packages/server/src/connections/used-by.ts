import { isJsonObject, type JsonValue } from '@penstock/model';
import { and, eq, inArray, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines, pipelineVersions, runs } from '../store/schema.ts';
import type { ConnectionDeps } from './connections.ts';

/** A stage that names a connection. */
export interface ConnectionUser {
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly stage: string;
  /** Which copy of the document: the one people work on, the one that is online, or one that a run was started with. */
  readonly copy: 'design' | 'released' | 'running';
}

/** Shown at most; whoever has to change as many will not do it by a list. */
const MAX_USERS = 200;

/** The stages that name a connection, by pipeline. Documents may be megabytes, so no two are held at once. */
export const usersOfConnection = async (
  { usesOf }: Pick<ConnectionDeps, 'usesOf'>,
  db: Database,
  orgId: string,
  name: string,
): Promise<readonly ConnectionUser[]> => {
  const found: ConnectionUser[] = [];
  const note = (row: Pick<ConnectionUser, 'pipelineId' | 'pipelineName' | 'copy'>, text: string | null): void => {
    if (text === null) return;
    const document: JsonValue = JSON.parse(text);
    if (!isJsonObject(document)) return;
    for (const use of usesOf(document)) if (use.name === name) found.push({ ...row, stage: use.stage });
  };
  for (const { pipelineId, pipelineName } of await designsNaming(db, orgId, name)) {
    const [row] = await db
      .select({ document: pipelines.document })
      .from(pipelines)
      .where(eq(pipelines.pipelineId, pipelineId));
    note({ pipelineId, pipelineName, copy: 'design' }, row?.document ?? null);
    if (found.length >= MAX_USERS) return found.slice(0, MAX_USERS);
  }
  for (const { number, isReleased, pipelineId, pipelineName } of await versionsNaming(db, orgId, name)) {
    const [row] = await db
      .select({ document: pipelineVersions.document })
      .from(pipelineVersions)
      .where(and(eq(pipelineVersions.pipelineId, pipelineId), eq(pipelineVersions.number, number)));
    note({ pipelineId, pipelineName, copy: isReleased ? 'released' : 'running' }, row?.document ?? null);
    if (found.length >= MAX_USERS) return found.slice(0, MAX_USERS);
  }
  return found;
};

/** Texts that may name it: with it in them as it is, or with something in them that is spelt otherwise than it reads. */
const mayName = (document: SQL | typeof pipelines.document | typeof pipelineVersions.document, name: string): SQL =>
  sql`(strpos(${document}, ${name}) > 0 or strpos(${document}, '\\u') > 0)`;

const designsNaming = (db: Database, orgId: string, name: string) =>
  db
    .select({ pipelineId: pipelines.pipelineId, pipelineName: pipelines.name })
    .from(pipelines)
    .where(and(eq(pipelines.orgId, orgId), mayName(pipelines.document, name)))
    .orderBy(pipelines.name, pipelines.pipelineId);

/** Of the versions those that are online, and those that open runs were started with. */
const versionsNaming = (db: Database, orgId: string, name: string) => {
  const open = db
    .select({ number: runs.versionNumber })
    .from(runs)
    .where(and(eq(runs.pipelineId, pipelines.pipelineId), isNull(runs.endedAt)));
  return db
    .select({
      pipelineId: pipelines.pipelineId,
      pipelineName: pipelines.name,
      number: pipelineVersions.number,
      isReleased: sql<boolean>`${pipelineVersions.number} is not distinct from ${pipelines.releasedNumber}`,
    })
    .from(pipelineVersions)
    .innerJoin(pipelines, eq(pipelines.pipelineId, pipelineVersions.pipelineId))
    .where(
      and(
        eq(pipelines.orgId, orgId),
        or(eq(pipelineVersions.number, pipelines.releasedNumber), inArray(pipelineVersions.number, open)),
        mayName(pipelineVersions.document, name),
      ),
    )
    .orderBy(pipelines.name, pipelines.pipelineId, pipelineVersions.number);
};
