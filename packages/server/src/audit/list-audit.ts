import { and, desc, eq, gte, lt, lte, sql } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { auditEntries } from '../store/schema.ts';

export interface AuditFilters {
  /** Of one organisation; undefined: of all, with what is of none. */
  readonly orgId?: string | undefined;
  readonly actor?: string | undefined;
  /** The beginning of an action: `pipeline.` chooses all that is done with pipelines. */
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  /** Unix ms, both included. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export type AuditEntry = typeof auditEntries.$inferSelect;

/** Entries, newest first, older than the one with the id `before`. */
export const listAudit = (
  db: Database,
  filters: AuditFilters,
  page: { readonly limit: number; readonly before?: number | undefined },
): Promise<AuditEntry[]> => {
  const { orgId, actor, action, target, from, to } = filters;
  const wanted = [
    ...(orgId === undefined ? [] : [eq(auditEntries.orgId, orgId)]),
    ...(actor === undefined ? [] : [eq(auditEntries.actor, actor)]),
    ...(action === undefined ? [] : [sql`starts_with(${auditEntries.action}, ${action})`]),
    ...(target === undefined ? [] : [eq(auditEntries.target, target)]),
    ...(from === undefined ? [] : [gte(auditEntries.at, from)]),
    ...(to === undefined ? [] : [lte(auditEntries.at, to)]),
    ...(page.before === undefined ? [] : [lt(auditEntries.id, page.before)]),
  ];
  return db
    .select()
    .from(auditEntries)
    .where(and(...wanted))
    .orderBy(desc(auditEntries.id))
    .limit(page.limit);
};
