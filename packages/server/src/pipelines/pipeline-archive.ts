import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { and, asc, eq, inArray } from 'drizzle-orm';
import { pipelines } from '../store/schema.ts';
import { pipelineUnknown, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';
import { maskDocument } from './document-secrets.ts';
import { readFilingFields } from './file-pipeline.ts';
import { elementsOf, membersOf } from './json-text.ts';
import { parseSaveRequest, type SaveRequest } from './parse-save-request.ts';
import type { Filing } from './save-pipeline.ts';

/** What an archive says it is. The version counts up when an older reader would misunderstand it. */
export const ARCHIVE_FORMAT = 'penstock-pipelines';
export const ARCHIVE_VERSION = 1;
/** Pipelines in one archive. */
export const MAX_ARCHIVED = 200;

/**
 * Design copies of pipelines as one JSON text, documents spelled as they were saved, their secrets masked.
 * Errors: `PIPELINE_UNKNOWN` where one of the ids is not the organisation's.
 */
export const exportPipelines = async (
  deps: UseCaseDeps,
  orgId: string,
  pipelineIds: readonly string[],
): Promise<string> => {
  const rows = await deps.store.db
    .select()
    .from(pipelines)
    .where(and(eq(pipelines.orgId, orgId), inArray(pipelines.pipelineId, [...pipelineIds])))
    .orderBy(asc(pipelines.name), asc(pipelines.pipelineId));
  const found = new Set(rows.map(({ pipelineId }) => pipelineId));
  const missing = pipelineIds.find((id) => !found.has(id));
  if (missing !== undefined) throw pipelineUnknown(missing);
  const head = { format: ARCHIVE_FORMAT, formatVersion: ARCHIVE_VERSION, exportedAt: deps.clock.now(), orgId };
  const items = rows.map((row) => {
    const facts = JSON.stringify({
      pipelineId: row.pipelineId,
      revision: row.revision,
      updatedAt: row.updatedAt,
      name: row.name,
      description: row.description,
      templateType: row.templateType,
      templateName: row.templateName === null ? null : JSON.parse(row.templateName),
      templateVersion: row.templateVersion,
      messageChannel: row.messageChannel,
      alarmConfig: row.alarmConfig,
      group: row.groupName,
      labels: row.labels,
    });
    return `${facts.slice(0, -1)},"document":${row.document === null ? 'null' : maskDocument(row.document)}}`;
  });
  return `${JSON.stringify(head).slice(0, -1)},"pipelines":[${items.join(',')}]}`;
};

/** One pipeline of an archive, checked as a save would be. */
export interface ArchivedPipeline {
  readonly name: string;
  readonly save: SaveRequest & Filing;
}

/**
 * Reads an archive; `text` is what was sent, of which the documents are pieces. All or nothing: the issues name every
 * pipeline that is wrong. Errors: `DOCUMENT_INVALID`.
 */
export const readArchive = (
  archive: JsonValue,
  text: string,
  options: { readonly documentBytes: number },
): readonly ArchivedPipeline[] => {
  if (!isJsonObject(archive) || archive.format !== ARCHIVE_FORMAT || !Array.isArray(archive.pipelines))
    throw wrong('/format', `The archive must be an object with "format": "${ARCHIVE_FORMAT}" and "pipelines", a list.`);
  if (archive.formatVersion !== ARCHIVE_VERSION)
    throw wrong(
      '/formatVersion',
      `The archive is of format version ${JSON.stringify(archive.formatVersion)}; this service reads version ${ARCHIVE_VERSION}.`,
    );
  if (archive.pipelines.length > MAX_ARCHIVED)
    throw wrong('/pipelines', `An archive holds at most ${MAX_ARCHIVED} pipelines.`);
  const pieces = elementsOf(membersOf(text).get('pipelines') ?? '[]');
  return archive.pipelines.map((given, index) =>
    readArchivedPipeline(given, pieces[index] ?? '{}', `/pipelines/${index}`, options),
  );
};

/** One pipeline as an archive holds it; `text`: as it was sent. Errors: `DOCUMENT_INVALID` with paths below `path`. */
export const readArchivedPipeline = (
  given: JsonValue,
  text: string,
  path: string,
  options: { readonly documentBytes: number },
): ArchivedPipeline => {
  if (!isJsonObject(given)) throw wrong(path, 'A pipeline of an archive must be an object.');
  const { value, issues } = parseSaveRequest(saveBodyOf(given), saveTextOf(text), options);
  const [issue] = issues;
  if (value === undefined || issue !== undefined)
    throw new UseCaseError('DOCUMENT_INVALID', 'invalid', issue?.message ?? 'A pipeline of the archive is wrong.', {
      issues: issues.map((each) => ({ ...each, path: path + ownPath(each.path) })),
    });
  const name = value.name ?? '';
  if (name === '') throw wrong(`${path}/name`, 'A pipeline of an archive must have a "name".');
  const { group, labels } = given;
  const filing = readFilingFields({
    ...(typeof group === 'string' ? { groupName: group } : {}),
    ...(Array.isArray(labels) ? { labels: labels.filter((label) => typeof label === 'string') } : {}),
  });
  return { name, save: { ...value, ...filing } };
};

/** The fields of the own API under the names that a save knows them by. */
export const saveBodyOf = (own: JsonObject): JsonObject => ({
  name: own.name ?? null,
  desc: own.description ?? null,
  templateType: own.templateType ?? null,
  templateName: own.templateName ?? null,
  version: own.templateVersion ?? null,
  messageChannel: own.messageChannel ?? null,
  alarmConfig: own.alarmConfig ?? null,
  pipelineJson: own.document ?? null,
});

/** The text of a body of the own API as a save reads it: only the document is taken from it. */
export const saveTextOf = (text: string): string => `{"pipelineJson":${membersOf(text).get('document') ?? 'null'}}`;

const OWN_NAMES: Readonly<Record<string, string>> = {
  pipelineJson: 'document',
  desc: 'description',
  version: 'templateVersion',
};

/** A path of a save's issue as one into a body of the own API. */
export const ownPath = (path: string): string =>
  path.replace(/^\/(pipelineJson|desc|version)(?=\/|$)/, (_all, name: string) => `/${OWN_NAMES[name] ?? name}`);

const wrong = (path: string, message: string): UseCaseError =>
  new UseCaseError('DOCUMENT_INVALID', 'invalid', message, {
    issues: [{ code: 'ARCHIVE_INVALID', severity: 'error', path, message }],
  });
