import type { RunEvent } from '@penstock/model';
import type { Database } from '../store/open-store.ts';
import { auditEntries, runEvents } from '../store/schema.ts';
import { callAddress } from './call-origin.ts';

const MAX_MESSAGE = 4000;

/** PostgreSQL refuses NUL in text, and messages may quote anything. */
const storable = (text: string): string => text.replaceAll('\u0000', '\ufffd').toWellFormed().slice(0, MAX_MESSAGE);

/** Notes something that happened to a pipeline, for people to read later. */
export const recordEvent = async (
  db: Database,
  event: RunEvent & { readonly pipelineId: string; readonly runId?: string | null },
): Promise<void> => {
  await db.insert(runEvents).values({
    pipelineId: event.pipelineId,
    runId: event.runId ?? null,
    at: Math.round(event.at),
    code: storable(event.code),
    message: storable(event.message),
    severity: event.severity,
  });
};

/** Notes who did what, and from where: the address is that of the call under way. */
export const recordAudit = async (
  db: Database,
  entry: { at: number; orgId: string | null; actor: string; action: string; target: string; detail?: string },
): Promise<void> => {
  await db.insert(auditEntries).values({ ...entry, address: callAddress() ?? null });
};
