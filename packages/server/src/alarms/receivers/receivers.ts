import type { AddressRules } from '@penstock/outbound';
import { and, asc, eq } from 'drizzle-orm';
import type { Seal } from '../../auth/seal.ts';
import type { Database } from '../../store/open-store.ts';
import { alarmReceivers } from '../../store/schema-alarms.ts';
import { isPlausibleId } from '../../store/storable-text.ts';
import { requireOrganization } from '../../use-case/find-organization.ts';
import { type UseCaseDeps, UseCaseError } from '../../use-case/use-case.ts';
import { type Language, languageOf } from '../texts/notice.ts';

/** What the use cases about alarms work with. */
export interface AlarmDeps extends Pick<UseCaseDeps, 'store' | 'clock' | 'newId'> {
  readonly seal: Seal;
  readonly rules: AddressRules;
  /** Whether mails can be sent: an SMTP server is configured. */
  readonly hasMail: boolean;
}

export type ReceiverKind = 'email' | 'webhook';

/** A receiver without what is secret. */
export interface ReceiverView {
  readonly receiverId: string;
  readonly name: string;
  readonly kind: ReceiverKind;
  readonly address: string;
  readonly language: Language;
  readonly createdAt: number;
  readonly testedAt: number | null;
}

export type ReceiverRow = typeof alarmReceivers.$inferSelect;

/** Receivers of an organisation at most. */
export const MAX_RECEIVERS = 100;

export const addressPurpose = (receiverId: string): string => `alarm-address:${receiverId}`;
export const secretPurpose = (receiverId: string): string => `alarm-secret:${receiverId}`;

export const kindOf = ({ kind, receiverId }: Pick<ReceiverRow, 'kind' | 'receiverId'>): ReceiverKind => {
  if (kind === 'email' || kind === 'webhook') return kind;
  throw new Error(`Receiver ${receiverId} has the unknown kind "${kind}"`);
};

export const viewOf = (row: ReceiverRow): ReceiverView => ({
  receiverId: row.receiverId,
  name: row.name,
  kind: kindOf(row),
  address: row.shownAddress,
  language: languageOf(row.language),
  createdAt: row.createdAt,
  testedAt: row.testedAt,
});

/** Receivers of an organisation by name. Errors: `ORGANIZATION_UNKNOWN`. */
export const listReceivers = async (
  deps: Pick<AlarmDeps, 'store'>,
  orgId: string,
): Promise<readonly ReceiverView[]> => {
  await requireOrganization(deps.store.db, orgId);
  const rows = await deps.store.db
    .select()
    .from(alarmReceivers)
    .where(eq(alarmReceivers.orgId, orgId))
    .orderBy(asc(alarmReceivers.name), asc(alarmReceivers.receiverId));
  return rows.map(viewOf);
};

/** Ids of the receivers of an organisation. */
export const receiverIdsOf = async (db: Database, orgId: string): Promise<ReadonlySet<string>> => {
  const rows = await db
    .select({ receiverId: alarmReceivers.receiverId })
    .from(alarmReceivers)
    .where(eq(alarmReceivers.orgId, orgId));
  return new Set(rows.map(({ receiverId }) => receiverId));
};

/** Errors: `RECEIVER_UNKNOWN`. `lock` holds it until the transaction ends. */
export const findReceiver = async (
  db: Database,
  orgId: string,
  receiverId: string,
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<ReceiverRow> => {
  const query = db
    .select()
    .from(alarmReceivers)
    .where(and(eq(alarmReceivers.receiverId, receiverId), eq(alarmReceivers.orgId, orgId)));
  const [row] = isPlausibleId(receiverId) ? await (lock ? query.for('update') : query) : [];
  if (row === undefined)
    throw new UseCaseError('RECEIVER_UNKNOWN', 'not-found', 'The organisation has no such receiver.');
  return row;
};
