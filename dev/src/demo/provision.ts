import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createPenstockClient, type PenstockClient, PenstockError, resultOf } from '@penstock/client';
import { findFreePort } from '../ports.ts';
import { ENERGY_PIPELINE_NAME, energyDocumentFor } from './energy/energy-document.ts';
import { farmAssets } from './energy/farm-assets.ts';

/** A link that signs in who administers the installation, once; made anew with every start and written down nowhere. */
export const signInLinkOf = async (baseUrl: string, adminToken: string): Promise<string> => {
  const admin = createPenstockClient({ baseUrl, adminToken });
  const { path } = await resultOf(admin.api.POST('/api/v1/sign-in-links', { body: {} }));
  return `${baseUrl}${path}`;
};

/** What `$PENSTOCK_DATA/demo.json` holds; other programs read it. */
export interface DemoFacts {
  readonly baseUrl: string;
  readonly orgId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly pipelineId: string;
  /** The worked example: what turbines and farm make in a day. */
  readonly energyPipelineId: string;
  /** Of the loopback address, where the asset service listens that its HTTP stage asks. */
  readonly assetServicePort: number;
  readonly kafkaBootstrapServers: string;
}

/** Of an earlier start, which may have been of a version without some of them. */
type KnownFacts = Omit<DemoFacts, 'energyPipelineId' | 'assetServicePort'> &
  Partial<Pick<DemoFacts, 'energyPipelineId' | 'assetServicePort'>>;

export const DEMO_ORG_ID = 'o15517683199241';
export const DEMO_PIPELINE_NAME = 'Wind farm demo';
const DEMO_GRANT_CU = 8;
const DEMO_CLUSTER_GRANT_CU = { 'cluster-server': 4, 'cluster-yarn': 16 };
const DEMO_PARTITIONS = 4;

/** More than the generator sends, so that what has piled up is worked off. */
export const DEMO_KAFKA_RATE = 2000;

export interface ProvisionOptions {
  readonly baseUrl: string;
  readonly adminToken: string;
  readonly kafkaBootstrapServers: string;
  /** Where the facts are kept. */
  readonly file: string;
  /** Whether it is granted Cluster Processing too. */
  readonly cluster: boolean;
  /** The pipeline's document. */
  readonly document: unknown;
}

/**
 * Sees to it that the demo organisation, its grant, topics, access key and pipeline exist, and writes them down. What
 * is there already is kept, whatever its user has made of it.
 */
export const provisionDemo = async (options: ProvisionOptions): Promise<DemoFacts> => {
  const { baseUrl, adminToken, kafkaBootstrapServers, file } = options;
  const admin = createPenstockClient({ baseUrl, adminToken });
  const known = readFacts(file);
  await ensureOrganization(admin, options.cluster);
  const keys = (await workingKeys(baseUrl, known)) ?? (await newKeys(admin));
  const facts = { baseUrl, orgId: DEMO_ORG_ID, ...keys, kafkaBootstrapServers };
  const enos = createPenstockClient({ baseUrl, ...keys }).enos(DEMO_ORG_ID);
  const ensurePipeline = async (id: string | undefined, name: string, document: () => unknown): Promise<string> =>
    (await findPipeline(admin, id, name)) ??
    (await enos.save(null, { name, messageChannel: 0, pipelineJson: document() }));
  const pipelineId = await ensurePipeline(known?.pipelineId, DEMO_PIPELINE_NAME, () => options.document);
  // Its document names the port, so it stays the same.
  const assetServicePort = known?.assetServicePort ?? (await findFreePort());
  if (known?.energyPipelineId === undefined) await importFarm(admin);
  const energyPipelineId = await ensurePipeline(known?.energyPipelineId, ENERGY_PIPELINE_NAME, () =>
    energyDocumentFor(assetServicePort),
  );
  const complete = { ...facts, pipelineId, energyPipelineId, assetServicePort };
  writeFacts(file, complete);
  return complete;
};

/** Taken in once: what its user changes of it afterwards stays. */
const importFarm = async (admin: PenstockClient): Promise<void> => {
  await resultOf(
    admin.api.POST('/api/v1/organizations/{orgId}/assets/import', {
      params: { path: { orgId: DEMO_ORG_ID }, query: { dryRun: false } },
      body: farmAssets(),
    }),
  );
};

const ensureOrganization = async (admin: PenstockClient, cluster: boolean): Promise<void> => {
  const params = { path: { orgId: DEMO_ORG_ID } };
  try {
    await resultOf(
      admin.api.POST('/api/v1/organizations', { body: { orgId: DEMO_ORG_ID, name: 'Demo wind farm operator' } }),
    );
  } catch (error) {
    if (!(error instanceof PenstockError && error.status === 409)) throw error;
  }
  await ensureGrants(admin, cluster);
  await resultOf(
    admin.api.POST('/api/v1/organizations/{orgId}/topics', { params, body: { partitions: DEMO_PARTITIONS } }),
  );
};

/** What was granted before stays as its user has made it. */
const ensureGrants = async (admin: PenstockClient, cluster: boolean): Promise<void> => {
  const found = await resultOf(
    admin.api.GET('/api/v1/organizations/{orgId}/grants', { params: { path: { orgId: DEMO_ORG_ID } } }),
  );
  const grant = async (resource: 'standalone' | keyof typeof DEMO_CLUSTER_GRANT_CU, cu: number): Promise<void> => {
    await resultOf(
      admin.api.PUT('/api/v1/organizations/{orgId}/grants/{resource}', {
        params: { path: { orgId: DEMO_ORG_ID, resource } },
        body: { cu },
      }),
    );
  };
  if (found.standalone === null) await grant('standalone', DEMO_GRANT_CU);
  if (!cluster) return;
  if (found.clusterServer === null) await grant('cluster-server', DEMO_CLUSTER_GRANT_CU['cluster-server']);
  if (found.clusterYarn === null) await grant('cluster-yarn', DEMO_CLUSTER_GRANT_CU['cluster-yarn']);
};

type Keys = Pick<DemoFacts, 'accessKey' | 'secretKey'>;

/** The pair of an earlier start, where the service still knows it (the database may be another one). */
const workingKeys = async (baseUrl: string, known: KnownFacts | undefined): Promise<Keys | undefined> => {
  if (known === undefined) return undefined;
  const { accessKey, secretKey } = known;
  try {
    const me = await resultOf(createPenstockClient({ baseUrl, accessKey, secretKey }).api.GET('/api/v1/me'));
    return me.kind === 'organization' && me.orgId === DEMO_ORG_ID ? { accessKey, secretKey } : undefined;
  } catch (error) {
    if (error instanceof PenstockError && error.status !== 0) return undefined;
    throw error;
  }
};

const newKeys = async (admin: PenstockClient): Promise<Keys> => {
  const { accessKey, secretKey } = await resultOf(
    admin.api.POST('/api/v1/organizations/{orgId}/access-keys', {
      params: { path: { orgId: DEMO_ORG_ID } },
      body: { name: 'demo' },
    }),
  );
  return { accessKey, secretKey };
};

/** The pipeline of an earlier start; by its name where that start did not come to writing it down. */
const findPipeline = async (
  admin: PenstockClient,
  pipelineId: string | undefined,
  name: string,
): Promise<string | undefined> => {
  const { items } = await resultOf(
    admin.api.GET('/api/v1/organizations/{orgId}/pipelines', {
      params: { path: { orgId: DEMO_ORG_ID }, query: { limit: 200 } },
    }),
  );
  const found =
    items.find((pipeline) => pipeline.pipelineId === pipelineId) ?? items.find((pipeline) => pipeline.name === name);
  return found?.pipelineId;
};

const readFacts = (file: string): KnownFacts | undefined => {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KnownFacts;
  } catch {
    return undefined; // damaged: it is made anew
  }
};

const writeFacts = (file: string, facts: DemoFacts): void => {
  writeFileSync(`${file}.new`, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
};
