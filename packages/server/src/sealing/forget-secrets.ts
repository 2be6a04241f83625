import { and, eq, sql } from 'drizzle-orm';
import { newSecret } from '../alarms/receivers/change-receivers.ts';
import { addressPurpose, secretPurpose } from '../alarms/receivers/receivers.ts';
import { createSeal, type Seal, writeSealFingerprint } from '../auth/seal.ts';
import { purposeOf } from '../auth/token-service.ts';
import { rowsOf } from '../store/migrations.ts';
import type { Database, Store } from '../store/open-store.ts';
import { accessKeys, accessTokens } from '../store/schema.ts';
import { alarmReceivers } from '../store/schema-alarms.ts';
import { connections } from '../store/schema-connections.ts';
import { connectionPurpose, sealSecrets } from '../use-case/open-connections.ts';
import { isOpenedBy, withoutUnreadable } from './seal-document.ts';

/** What could not be opened, and is given up. */
export interface Forgotten {
  /** Access keys that are gone: nobody can sign with them any more. */
  readonly accessKeys: readonly string[];
  /** Receivers of alarms whose address has to be given anew, by name. */
  readonly receivers: readonly string[];
  /** Connections whose secrets have to be given anew, by name and organisation. */
  readonly connections: readonly string[];
  /** Documents (design copies and versions) in which secrets are masks now. */
  readonly documents: number;
}

/**
 * Gives up what nobody can open because its seal key is lost, so that everything else can be used under the key there is
 * now: access keys go, addresses of receivers and secrets of connections are emptied, secrets in documents become masks, which say themselves that
 * a value has to be given. What the key opens stays. One transaction; no service may run on the database meanwhile.
 */
export const forgetSecrets = (store: Store, key: Buffer): Promise<Forgotten> => {
  const seal = createSeal(key);
  return store.db.transaction(async (tx) => {
    const forgotten = {
      accessKeys: await forgetKeys(tx, seal),
      receivers: await forgetReceivers(tx, seal),
      connections: await forgetConnections(tx, seal),
      documents: (await forgetInDocuments(tx, seal, PIPELINES)) + (await forgetInDocuments(tx, seal, VERSIONS)),
    };
    await writeSealFingerprint(tx, key);
    return forgotten;
  });
};

/** Their tokens go with them; a token that cannot be opened alone goes alone, and is made anew when it is asked for. */
const forgetKeys = async (tx: Database, seal: Seal): Promise<string[]> => {
  const gone: string[] = [];
  for (const { accessKey, sealedSecret } of await tx.select().from(accessKeys)) {
    if (isOpenedBy(seal, `secret-key:${accessKey}`, sealedSecret)) continue;
    await tx.delete(accessKeys).where(eq(accessKeys.accessKey, accessKey));
    gone.push(accessKey);
  }
  for (const { accessKey, sealedToken } of await tx.select().from(accessTokens))
    if (!isOpenedBy(seal, purposeOf(accessKey), sealedToken))
      await tx.delete(accessTokens).where(eq(accessTokens.accessKey, accessKey));
  return gone;
};

/** They stay, since alarms name them: a delivery fails until somebody gives the address. */
const forgetReceivers = async (tx: Database, seal: Seal): Promise<string[]> => {
  const gone: string[] = [];
  for (const { receiverId, name, sealedAddress, sealedSecret } of await tx.select().from(alarmReceivers)) {
    if (isOpenedBy(seal, addressPurpose(receiverId), sealedAddress)) continue;
    await tx
      .update(alarmReceivers)
      .set({
        sealedAddress: seal.seal(addressPurpose(receiverId), ''),
        ...(sealedSecret === null ? {} : { sealedSecret: seal.seal(secretPurpose(receiverId), newSecret()) }),
      })
      .where(eq(alarmReceivers.receiverId, receiverId));
    gone.push(name);
  }
  return gone;
};

/** They stay, with their settings: what uses them is refused by the database they name until somebody gives the secrets. */
const forgetConnections = async (tx: Database, seal: Seal): Promise<string[]> => {
  const gone: string[] = [];
  for (const { orgId, name, sealedSecrets } of await tx.select().from(connections)) {
    if (isOpenedBy(seal, connectionPurpose(orgId, name), sealedSecrets)) continue;
    await tx
      .update(connections)
      .set(sealSecrets(seal, { orgId, name }, {}))
      .where(and(eq(connections.orgId, orgId), eq(connections.name, name)));
    gone.push(`${name} (${orgId})`);
  }
  return gone;
};

const PIPELINES = sql.raw('pipelines');
const VERSIONS = sql.raw('pipeline_versions');

/** By the rows' places and past the column, which would open what it reads; one at a time, since they may be large. */
const forgetInDocuments = async (tx: Database, seal: Seal, table: ReturnType<typeof sql.raw>): Promise<number> => {
  const places = rowsOf(await tx.execute(sql`select ctid::text as place from ${table} where document is not null`));
  let documents = 0;
  for (const { place } of places) {
    const [row] = rowsOf(await tx.execute(sql`select document from ${table} where ctid = ${place}::tid`));
    const stored = String(row?.document ?? '');
    const left = withoutUnreadable(stored, seal);
    if (left === stored) continue;
    await tx.execute(sql`update ${table} set document = ${left} where ctid = ${place}::tid`);
    documents += 1;
  }
  return documents;
};
