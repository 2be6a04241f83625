import { TOPIC_PATTERN, type TopicGrant } from '@penstock/model';
import { and, eq } from 'drizzle-orm';
import { topicGrants } from '../store/schema.ts';
import { requireOrganization } from '../use-case/find-organization.ts';
import { readTopicGrants } from '../use-case/read-topic-grants.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { fieldInvalid, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

/** Grants of one organisation at most. */
const MAX_GRANTS = 500;

/** Errors: `ORGANIZATION_UNKNOWN`. */
export const listTopicGrants = async (deps: UseCaseDeps, orgId: string): Promise<readonly TopicGrant[]> => {
  await requireOrganization(deps.store.db, orgId);
  return readTopicGrants(deps.store.db, orgId);
};

/** Grants topics, or changes what the grant of a pattern is for. Errors: `ORGANIZATION_UNKNOWN`, `FIELD_INVALID`. */
export const grantTopics = async (
  deps: UseCaseDeps,
  { orgId, actor, ...grant }: TopicGrant & { readonly orgId: string; readonly actor: string },
): Promise<void> => {
  await requireOrganization(deps.store.db, orgId);
  const { pattern, read, write } = grant;
  if (!TOPIC_PATTERN.test(pattern))
    throw fieldInvalid('/pattern', '"pattern" must be a topic name, with "*" for any characters.');
  if (!read && !write) throw fieldInvalid('/read', 'Grant to read, to write, or both; or withdraw the grant.');
  const at = deps.clock.now();
  await deps.store.db.transaction(async (tx) => {
    const values = { mayRead: read, mayWrite: write };
    await tx
      .insert(topicGrants)
      .values({ orgId, pattern, ...values, createdAt: at })
      .onConflictDoUpdate({ target: [topicGrants.orgId, topicGrants.pattern], set: values });
    const all = await readTopicGrants(tx, orgId);
    if (all.length > MAX_GRANTS)
      throw fieldInvalid('/pattern', `An organisation has at most ${MAX_GRANTS} grants; use patterns with "*".`);
    const detail = [read ? 'read' : '', write ? 'write' : ''].filter((use) => use !== '').join(', ');
    await recordAudit(tx, { at, orgId, actor, action: 'topic-grant.set', target: pattern, detail });
  });
};

/** Errors: `ORGANIZATION_UNKNOWN`, `GRANT_UNKNOWN`. */
export const withdrawTopics = async (
  deps: UseCaseDeps,
  { orgId, pattern, actor }: { readonly orgId: string; readonly pattern: string; readonly actor: string },
): Promise<void> => {
  await requireOrganization(deps.store.db, orgId);
  const unknown = new UseCaseError('GRANT_UNKNOWN', 'not-found', 'The organisation has no grant with this pattern.');
  if (!TOPIC_PATTERN.test(pattern)) throw unknown;
  await deps.store.db.transaction(async (tx) => {
    const gone = await tx
      .delete(topicGrants)
      .where(and(eq(topicGrants.orgId, orgId), eq(topicGrants.pattern, pattern)))
      .returning({ pattern: topicGrants.pattern });
    if (gone.length === 0) throw unknown;
    await recordAudit(tx, { at: deps.clock.now(), orgId, actor, action: 'topic-grant.withdraw', target: pattern });
  });
};
