import { isPipelineState, type PipelineState } from '@penstock/model';
import { and, eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { organizations, pipelines, pipelineVersions } from '../store/schema.ts';
import { isPlausibleId } from '../store/storable-text.ts';
import { pipelineUnknown, type Target, UseCaseError } from './use-case.ts';

export type PipelineRow = Omit<typeof pipelines.$inferSelect, 'status'> & { readonly status: PipelineState };
export type VersionRow = typeof pipelineVersions.$inferSelect;

/** A row with its state checked: the database is written by this service alone, anything else is damage. */
export const toPipelineRow = (row: typeof pipelines.$inferSelect): PipelineRow => {
  if (!isPipelineState(row.status))
    throw new Error(`Pipeline ${row.pipelineId} has the unknown status "${row.status}"`);
  return { ...row, status: row.status };
};

/**
 * The pipeline, if it belongs to the organisation; a foreign one and an unknown one look the same.
 * Errors: `PIPELINE_UNKNOWN`. `lock` holds its row until the transaction ends.
 */
export const findPipeline = async (
  db: Database,
  orgId: string,
  pipelineId: string,
  options: { readonly lock?: boolean } = {},
): Promise<PipelineRow> => {
  if (!isPlausibleId(pipelineId) || !isPlausibleId(orgId)) throw pipelineUnknown(pipelineId);
  const query = db
    .select()
    .from(pipelines)
    .where(and(eq(pipelines.pipelineId, pipelineId), eq(pipelines.orgId, orgId)));
  const [row] = await (options.lock === true ? query.for('update') : query);
  if (row === undefined) throw pipelineUnknown(pipelineId);
  return toPipelineRow(row);
};

/**
 * The pipeline that somebody wants something of, held until the transaction ends, as they have seen it.
 * Errors: `PIPELINE_UNKNOWN`, `REVISION_OUTDATED`.
 */
export const lockTarget = async (tx: Database, target: Target): Promise<PipelineRow> => {
  const pipeline = await findPipeline(tx, target.orgId, target.pipelineId, { lock: true });
  requireSeen(pipeline, target);
  return pipeline;
};

/** Refuses what was decided on another state of things than there is. Errors: `REVISION_OUTDATED`. */
export const requireSeen = (
  { revision, releasedNumber, updatedAt, updatedBy }: PipelineRow,
  { expectedRevision, expectedVersion }: Pick<Target, 'expectedRevision' | 'expectedVersion'>,
): void => {
  const who = updatedBy === '' ? 'somebody' : `"${updatedBy}"`;
  if (expectedRevision !== undefined && expectedRevision !== revision)
    throw new UseCaseError(
      'REVISION_OUTDATED',
      'outdated',
      `The pipeline was changed by ${who} at ${new Date(updatedAt).toISOString()}: ` +
        `you have seen revision ${expectedRevision}, it is at ${revision}. Read it again, then decide.`,
      { params: { expectedRevision, revision, updatedAt, updatedBy } },
    );
  if (expectedVersion !== undefined && expectedVersion !== releasedNumber)
    throw new UseCaseError(
      'REVISION_OUTDATED',
      'outdated',
      `You have seen version ${expectedVersion}, but ${releasedNumber === null ? 'none' : `version ${releasedNumber}`} is released.`,
      { params: { expectedVersion, version: releasedNumber } },
    );
};

/** What an event says, with what whoever caused it had to say. */
export const withNote = (message: string, { note }: Pick<Target, 'note'>): string =>
  note === undefined ? message : `${message} Note: ${note}`;

/** The detail of an audit entry, with the note. */
export const detailWithNote = (detail: string, { note }: Pick<Target, 'note'>): string =>
  note === undefined ? detail : detail === '' ? note : `${detail}: ${note}`;

/** A released copy. */
export const findVersion = async (
  db: Database,
  pipelineId: string,
  number: number | null,
): Promise<VersionRow | undefined> => {
  if (number === null) return undefined;
  const [row] = await db
    .select()
    .from(pipelineVersions)
    .where(and(eq(pipelineVersions.pipelineId, pipelineId), eq(pipelineVersions.number, number)));
  return row;
};

/** The text of what a version runs: of a template what its form was compiled to at the release, otherwise its document. */
export const runningText = ({ document, compiled }: Pick<VersionRow, 'document' | 'compiled'>): string =>
  compiled ?? document;

/**
 * Holds the organisation's row: admissions of one organisation happen one after the other. Always before a pipeline's
 * row, so that two transactions never wait for each other. False where there is no such organisation.
 */
export const lockOrganization = async (db: Database, orgId: string): Promise<boolean> => {
  const rows = await db
    .select({ orgId: organizations.orgId })
    .from(organizations)
    .where(eq(organizations.orgId, orgId))
    .for('update');
  return rows.length > 0;
};
