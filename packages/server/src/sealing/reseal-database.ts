import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { addressPurpose, secretPurpose } from '../alarms/receivers/receivers.ts';
import { fingerprintOf, readSealFingerprint, type Seal, writeSealFingerprint } from '../auth/seal.ts';
import { purposeOf } from '../auth/token-service.ts';
import { sealDocumentsWith } from '../store/document-column.ts';
import type { Database, Store } from '../store/open-store.ts';
import { accessKeys, accessTokens, pipelines, pipelineVersions, storeFacts } from '../store/schema.ts';
import { alarmReceivers } from '../store/schema-alarms.ts';
import { connections } from '../store/schema-connections.ts';
import { connectionPurpose } from '../use-case/open-connections.ts';
import { createDocumentSealing } from './seal-document.ts';

/** Noted once all documents were sealed: those of earlier versions lie in clear. */
const DOCUMENTS_SEALED = 'documents-sealed';

/**
 * Brings everything that is sealed under the present key, and seals what lies in clear from before: at the start, in
 * one transaction, so that a start that is cut off leaves everything as it was. Resolves to how many rows were written.
 * Several instances at once follow one another.
 */
export const resealDatabase = async (store: Store, seal: Seal, key: Buffer): Promise<number> => {
  sealDocumentsWith(createDocumentSealing(seal));
  return store.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('penstock reseal'))`);
    const isRotated = (await readSealFingerprint(tx)) !== fingerprintOf(key);
    const [sealed] = await tx.select().from(storeFacts).where(eq(storeFacts.name, DOCUMENTS_SEALED));
    if (!isRotated && sealed !== undefined) return 0;
    const rows = (await resealDocuments(tx)) + (isRotated ? await resealKeys(tx, seal) : 0);
    await writeSealFingerprint(tx, key);
    await tx.insert(storeFacts).values({ name: DOCUMENTS_SEALED, value: '1' }).onConflictDoNothing();
    return rows;
  });
};

/** Read and written back, one by one: the column seals. Documents may be megabytes, so no two are held at once. */
const resealDocuments = async (db: Database): Promise<number> => {
  let rows = 0;
  for (let last = ''; ; ) {
    const [row] = await db
      .select({ pipelineId: pipelines.pipelineId, document: pipelines.document })
      .from(pipelines)
      .where(gt(pipelines.pipelineId, last))
      .orderBy(asc(pipelines.pipelineId))
      .limit(1);
    if (row === undefined) return rows;
    const { pipelineId, document } = row;
    last = pipelineId;
    if (document !== null) {
      await db.update(pipelines).set({ document }).where(eq(pipelines.pipelineId, pipelineId));
      rows += 1;
    }
    rows += await resealVersions(db, pipelineId);
  }
};

const resealVersions = async (db: Database, pipelineId: string): Promise<number> => {
  let rows = 0;
  for (let last = 0; ; rows++) {
    const [row] = await db
      .select({ number: pipelineVersions.number, document: pipelineVersions.document })
      .from(pipelineVersions)
      .where(and(eq(pipelineVersions.pipelineId, pipelineId), gt(pipelineVersions.number, last)))
      .orderBy(asc(pipelineVersions.number))
      .limit(1);
    if (row === undefined) return rows;
    last = row.number;
    await db
      .update(pipelineVersions)
      .set({ document: row.document })
      .where(and(eq(pipelineVersions.pipelineId, pipelineId), eq(pipelineVersions.number, row.number)));
  }
};

const resealKeys = async (db: Database, seal: Seal): Promise<number> => {
  const again = (purpose: string, sealed: string): string => seal.seal(purpose, seal.unseal(purpose, sealed));
  const keys = await db.select().from(accessKeys);
  for (const { accessKey, sealedSecret } of keys)
    await db
      .update(accessKeys)
      .set({ sealedSecret: again(`secret-key:${accessKey}`, sealedSecret) })
      .where(eq(accessKeys.accessKey, accessKey));
  const tokens = await db.select().from(accessTokens);
  for (const { accessKey, sealedToken } of tokens)
    await db
      .update(accessTokens)
      .set({ sealedToken: again(purposeOf(accessKey), sealedToken) })
      .where(eq(accessTokens.accessKey, accessKey));
  const receivers = await db.select().from(alarmReceivers);
  for (const { receiverId, sealedAddress, sealedSecret } of receivers)
    await db
      .update(alarmReceivers)
      .set({
        sealedAddress: again(addressPurpose(receiverId), sealedAddress),
        ...(sealedSecret === null ? {} : { sealedSecret: again(secretPurpose(receiverId), sealedSecret) }),
      })
      .where(eq(alarmReceivers.receiverId, receiverId));
  const named = await db.select().from(connections);
  for (const { orgId, name, sealedSecrets } of named)
    await db
      .update(connections)
      .set({ sealedSecrets: again(connectionPurpose(orgId, name), sealedSecrets) })
      .where(and(eq(connections.orgId, orgId), eq(connections.name, name)));
  return keys.length + tokens.length + receivers.length + named.length;
};
