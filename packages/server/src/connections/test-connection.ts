import { AppError, type JsonObject } from '@penstock/model';
import { and, eq } from 'drizzle-orm';
import { connections } from '../store/schema-connections.ts';
import { unsealSecrets } from '../use-case/open-connections.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { UseCaseError } from '../use-case/use-case.ts';
import { type ConnectionDeps, findConnection, kindOf } from './connections.ts';

export interface ConnectionTestOutcome {
  readonly connected: boolean;
  /** What is at the other end, where there was a connection. */
  readonly found: string | null;
  /** Why there was none. */
  readonly code: string | null;
  readonly message: string | null;
  readonly tookMs: number;
}

const PAUSE_MS = 5_000;
const LIMIT_MS = 10_000;
/** At a time, of this instance: each holds a connection for as long as the other end likes. */
const AT_ONCE = 8;
let underWay = 0;

/**
 * Connects as pipelines would, once, within ten seconds, and answers how that went. Errors: `CONNECTION_UNKNOWN`,
 * `CONNECTION_TESTED_JUST_NOW`, `CONNECTION_TESTS_BUSY`.
 */
export const testConnection = async (
  deps: ConnectionDeps,
  { orgId, actor, name }: { readonly orgId: string; readonly actor: string; readonly name: string },
): Promise<ConnectionTestOutcome> => {
  const now = deps.clock.now();
  if (underWay >= AT_ONCE)
    throw new UseCaseError('CONNECTION_TESTS_BUSY', 'unavailable', 'Others test connections at the moment. Try again.');
  underWay += 1;
  try {
    const row = await deps.store.db.transaction(async (tx) => {
      const found = await findConnection(tx, orgId, name, { lock: true });
      if (found.testedAt !== null && now >= found.testedAt && now - found.testedAt < PAUSE_MS)
        throw new UseCaseError(
          'CONNECTION_TESTED_JUST_NOW',
          'conflict',
          'This connection was tested a moment ago. Try again in some seconds.',
        );
      await tx
        .update(connections)
        .set({ testedAt: now })
        .where(and(eq(connections.orgId, orgId), eq(connections.name, name)));
      await recordAudit(tx, { at: now, orgId, actor, action: 'connection.test', target: name });
      return found;
    });
    const connection = { settings: row.settings as JsonObject, secrets: unsealSecrets(deps.seal, row) };
    const begun = performance.now();
    const tookMs = () => Math.round(performance.now() - begun);
    try {
      const found = await kindOf(row).test(connection, deps.access, LIMIT_MS);
      return { connected: true, found, code: null, message: null, tookMs: tookMs() };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { connected: false, found: null, code: error.code, message: error.message, tookMs: tookMs() };
    }
  } finally {
    underWay -= 1;
  }
};
