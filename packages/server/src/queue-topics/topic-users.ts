import { type OperatorRegistry, readOptionRows } from '@penstock/engine';
import { type JsonObject, readPipelineDocument } from '@penstock/model';
import type { Database } from '../store/open-store.ts';
import { type DocumentUser, findDocumentUsers, namesOf } from '../use-case/document-users.ts';
import type { QueueTopicDeps } from './queue-topic.ts';

/**
 * Stages that read or write a topic: sources and destinations with its name among their options, whether or not the
 * rest of the document is right. Of all organisations, since a topic may be granted to others.
 */
export const usersOfTopic = (
  { registry }: Pick<QueueTopicDeps, 'registry'>,
  db: Database,
  topic: string,
): Promise<readonly (DocumentUser & { readonly orgId: string })[]> =>
  findDocumentUsers(db, { orgId: null, text: topic, stagesOf: (document) => stagesNaming(registry, document, topic) });

/** Instance names of the sources and destinations that name a topic. */
export const stagesNaming = (registry: OperatorRegistry, document: JsonObject, topic: string): readonly string[] =>
  (readPipelineDocument(document).document?.stages ?? []).flatMap((stage) => {
    const definition = registry.resolve(stage);
    if (definition === undefined || definition.kind === 'processor') return [];
    return hasText(readOptionRows(definition, stage).rows, topic) ? [stage.instanceName] : [];
  });

const hasText = (value: unknown, text: string): boolean => {
  if (typeof value === 'string') return value.trim() === text;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((inner) => hasText(inner, text));
};

/** The users in words, without the names that other organisations have given their pipelines. */
export const usersText = (
  users: readonly (Pick<DocumentUser, 'pipelineName'> & { readonly orgId: string })[],
  orgId: string,
): string => {
  const own = users.filter((user) => user.orgId === orgId);
  const others = users.length > own.length ? ['pipelines of other organisations'] : [];
  return [...(own.length === 0 ? [] : [namesOf(own)]), ...others].join(', ');
};
