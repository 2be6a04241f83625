import { randomBytes } from 'node:crypto';
import { outboundUrl } from '@penstock/outbound';
import { and, count, eq, sql } from 'drizzle-orm';
import { pipelines } from '../../store/schema.ts';
import { alarmReceivers } from '../../store/schema-alarms.ts';
import { textProblem } from '../../store/storable-text.ts';
import { requireOrganization } from '../../use-case/find-organization.ts';
import { lockOrganization } from '../../use-case/find-pipeline.ts';
import { recordAudit } from '../../use-case/record-event.ts';
import { fieldInvalid, UseCaseError } from '../../use-case/use-case.ts';
import type { Language } from '../texts/notice.ts';
import {
  type AlarmDeps,
  addressPurpose,
  findReceiver,
  kindOf,
  MAX_RECEIVERS,
  type ReceiverKind,
  type ReceiverView,
  secretPurpose,
  viewOf,
} from './receivers.ts';

export interface NewReceiver {
  readonly name: string;
  readonly kind: ReceiverKind;
  readonly address: string;
  readonly language?: Language | undefined;
}

/** A receiver that was made or changed; `secret` is what a webhook's deliveries are signed with, told this once. */
export interface ReceiverWithSecret extends ReceiverView {
  readonly secret: string | null;
  /** False: it is kept, but nothing can be sent, since no SMTP server is configured. */
  readonly canSend: boolean;
}

interface Actor {
  readonly orgId: string;
  readonly actor: string;
}

/** Errors: `ORGANIZATION_UNKNOWN`, `FIELD_INVALID`, `OUTBOUND_URL_INVALID`, `RECEIVER_LIMIT_REACHED`. */
export const createReceiver = async (deps: AlarmDeps, request: NewReceiver & Actor): Promise<ReceiverWithSecret> => {
  const { orgId, actor, kind } = request;
  const name = checkedName(request.name);
  const address = checkedAddress(kind, request.address);
  const now = deps.clock.now();
  const receiverId = deps.newId();
  const secret = kind === 'webhook' ? newSecret() : null;
  await requireOrganization(deps.store.db, orgId);
  const row = {
    receiverId,
    orgId,
    name,
    kind,
    ...sealed(deps, receiverId, kind, address),
    sealedSecret: secret === null ? null : deps.seal.seal(secretPurpose(receiverId), secret),
    language: request.language ?? 'en',
    createdAt: now,
    testedAt: null,
  };
  await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, orgId);
    const [existing] = await tx
      .select({ receivers: count() })
      .from(alarmReceivers)
      .where(eq(alarmReceivers.orgId, orgId));
    if ((existing?.receivers ?? 0) >= MAX_RECEIVERS)
      throw new UseCaseError(
        'RECEIVER_LIMIT_REACHED',
        'quota',
        `The organisation has ${MAX_RECEIVERS} receivers, which is the limit.`,
      );
    await tx.insert(alarmReceivers).values(row);
    const detail = `${kind} ${row.shownAddress}`;
    await recordAudit(tx, { at: now, orgId, actor, action: 'alarm-receiver.create', target: receiverId, detail });
  });
  return { ...viewOf(row), secret, canSend: kind === 'webhook' || deps.hasMail };
};

export interface ReceiverChange {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
  readonly language?: Language | undefined;
  /** A new secret to sign with. Another address gets one in any case: it is another party that could sign. */
  readonly newSecret?: boolean | undefined;
}

/** Errors: `RECEIVER_UNKNOWN`, `FIELD_INVALID`, `OUTBOUND_URL_INVALID`. */
export const changeReceiver = async (
  deps: AlarmDeps,
  request: ReceiverChange & Actor & { readonly receiverId: string },
): Promise<ReceiverWithSecret> => {
  const { orgId, actor, receiverId, language } = request;
  const name = request.name === undefined ? undefined : checkedName(request.name);
  return deps.store.db.transaction(async (tx) => {
    const row = await findReceiver(tx, orgId, receiverId, { lock: true });
    const kind = kindOf(row);
    const address = request.address === undefined ? undefined : checkedAddress(kind, request.address);
    const secret = kind === 'webhook' && (request.newSecret === true || address !== undefined) ? newSecret() : null;
    const changed = {
      ...row,
      ...(name === undefined ? {} : { name }),
      ...(language === undefined ? {} : { language }),
      ...(address === undefined ? {} : sealed(deps, receiverId, kind, address)),
      ...(secret === null ? {} : { sealedSecret: deps.seal.seal(secretPurpose(receiverId), secret) }),
    };
    await tx.update(alarmReceivers).set(changed).where(eq(alarmReceivers.receiverId, receiverId));
    const detail = [
      ...(name === undefined ? [] : ['name']),
      ...(address === undefined ? [] : [`address ${changed.shownAddress}`]),
      ...(language === undefined ? [] : ['language']),
      ...(secret === null ? [] : ['secret']),
    ].join(', ');
    const at = deps.clock.now();
    await recordAudit(tx, { at, orgId, actor, action: 'alarm-receiver.change', target: receiverId, detail });
    return { ...viewOf(changed), secret, canSend: kind === 'webhook' || deps.hasMail };
  });
};

/**
 * Deletes a receiver, with what is on its way to it. Errors: `RECEIVER_UNKNOWN`; `RECEIVER_IN_USE` where pipelines name
 * it, unless `force`: then their settings name somebody who is not there, and say so.
 */
export const deleteReceiver = async (
  deps: AlarmDeps,
  { orgId, actor, receiverId, force }: Actor & { readonly receiverId: string; readonly force: boolean },
): Promise<void> =>
  deps.store.db.transaction(async (tx) => {
    const row = await findReceiver(tx, orgId, receiverId, { lock: true });
    const users = await tx
      .select({ name: pipelines.name })
      .from(pipelines)
      .where(and(eq(pipelines.orgId, orgId), sql`strpos(${pipelines.alarmConfig}, ${receiverId}) > 0`))
      .limit(4);
    if (users.length > 0 && !force)
      throw new UseCaseError(
        'RECEIVER_IN_USE',
        'conflict',
        `Pipelines tell this receiver of their alarms: ${users.map(({ name }) => `"${name}"`).join(', ')}.`,
      );
    await tx.delete(alarmReceivers).where(eq(alarmReceivers.receiverId, receiverId));
    const at = deps.clock.now();
    const detail = row.shownAddress;
    await recordAudit(tx, { at, orgId, actor, action: 'alarm-receiver.delete', target: receiverId, detail });
  });

const checkedName = (name: string): string => {
  const problem = name.trim() === '' ? 'must not be blank' : textProblem(name, 200);
  if (problem !== undefined) throw fieldInvalid('/name', `"name" ${problem}.`);
  return name;
};

const EMAIL = /^[^\s@<>"',;:()\\]{1,64}@[^\s@<>"',;:()\\]{1,189}$/;
const MAX_URL = 2000;

const checkedAddress = (kind: ReceiverKind, address: string): string => {
  const problem = textProblem(address, kind === 'email' ? 254 : MAX_URL);
  if (problem !== undefined) throw fieldInvalid('/address', `"address" ${problem}.`);
  if (kind === 'webhook') return outboundUrl(address).href;
  if (!EMAIL.test(address)) throw fieldInvalid('/address', '"address" must be an e-mail address.');
  return address;
};

const sealed = ({ seal }: AlarmDeps, receiverId: string, kind: ReceiverKind, address: string) => ({
  sealedAddress: seal.seal(addressPurpose(receiverId), address),
  shownAddress: kind === 'email' ? address : shownUrl(new URL(address)),
});

/** Where it goes, without what may be secret of it: path and query of webhooks often are all there is to know. */
const shownUrl = ({ origin, pathname, search }: URL): string => (pathname + search === '/' ? origin : `${origin}/…`);

/** As Standard Webhooks writes them. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
