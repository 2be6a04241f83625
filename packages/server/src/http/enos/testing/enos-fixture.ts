import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChangelogEntry, lineageOf } from '@penstock/engine';
import { isJsonObject } from '@penstock/model';
import type { Modes } from '@penstock/modes';
import { createRegistry, operators } from '@penstock/operators';
import { prepareDatabase } from '@penstock/testkit/database';
import Fastify, { type FastifyInstance } from 'fastify';
import { DataReads } from '../../../audit/data-reads.ts';
import { createAuthenticator } from '../../../auth/authenticate.ts';
import { createSeal } from '../../../auth/seal.ts';
import { callSignature, tokenEncryption } from '../../../auth/signature.ts';
import type { AuthDeps } from '../../../auth/token-service.ts';
import { createAccessKey } from '../../../organizations/access-keys.ts';
import { createOrganization } from '../../../organizations/organizations.ts';
import { setGrant } from '../../../resources/grants.ts';
import { createTestModes } from '../../../runs/testing/test-modes.ts';
import { createDocumentSealing } from '../../../sealing/seal-document.ts';
import { sealDocumentsWith } from '../../../store/document-column.ts';
import { openStore, type Store } from '../../../store/open-store.ts';
import { UseCaseError } from '../../../use-case/use-case.ts';
import type { EnosDeps } from '../answer-call.ts';
import { registerEnosRoutes } from '../register-enos-routes.ts';

export const ADMIN_TOKEN = 'admin-token-of-the-test';

/** A document that the fixture's compile check accepts; `broken: true` in it makes it refuse. */
export const documentOf = (extra: Record<string, unknown> = {}) => ({ pipelineConfig: { stages: [], ...extra } });

/** What lies in Kafka, in memory, so that HTTP tests need no broker; the real one is tested with the adapter. */
export interface FakeKafka {
  isReachable: boolean;
  readonly entries: Map<string, string>;
  readonly skipped: string[];
  readonly cleared: string[];
  readonly partitions: Map<string, number>;
}

export interface Organization {
  readonly orgId: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface EnosFixture {
  readonly app: FastifyInstance;
  readonly deps: EnosDeps & AuthDeps;
  readonly kafka: FakeKafka;
  /** Moves the clock of the service. */
  advance(ms: number): void;
  organization(options?: { standaloneCu?: number; serverCu?: number; yarnCu?: number }): Promise<Organization>;
}

/** The EnOS routes over a real database (embedded unless a store is given) and a fake Kafka, with a clock of the test. */
export const createEnosFixture = async (
  t: { after(cleanup: () => unknown): unknown },
  options: {
    store?: Store;
    limits?: Partial<EnosDeps['limits']>;
    tokenLimit?: number;
    bodyBytes?: number;
    modes?: Modes;
    /** Instead of one that takes any document that does not say `broken`. */
    compile?: (store: Store) => EnosDeps['compile'];
    instanceId?: string;
    requireSignature?: boolean;
  } = {},
): Promise<EnosFixture> => {
  const store = options.store ?? (await embeddedStore(t));
  let now = 1_800_000_000_000;
  const clock = { now: () => now };
  const kafka: FakeKafka = { isReachable: true, entries: new Map(), skipped: [], cleared: [], partitions: new Map() };
  const seal = createSeal(Buffer.alloc(32, 7));
  sealDocumentsWith(createDocumentSealing(seal));
  const useCases = {
    store,
    clock,
    seal,
    newId: () => randomUUID(),
    instanceId: options.instanceId ?? 'instance-1',
    limits: {
      pipelinesPerOrganization: 50,
      documentBytes: 200_000,
      assetsPerOrganization: 1000,
      designingCu: 1,
      ownLibraries: 3,
      libraryBytes: 100_000,
      ...options.limits,
    },
    compile: options.compile?.(store) ?? fakeCompile,
    stateStore: fakeStateStore(kafka),
    findStageState: fakeFindStageState,
    modes: options.modes ?? createTestModes(),
  };
  const deps = {
    ...useCases,
    reads: new DataReads(useCases),
    authenticate: createAuthenticator({
      ...useCases,
      adminTokens: () => [ADMIN_TOKEN],
      requireSignature: options.requireSignature === true,
    }),
  };
  const app = Fastify({ genReqId: () => randomUUID(), routerOptions: { maxParamLength: 1000 } });
  t.after(() => app.close());
  await registerEnosRoutes(app, {
    deps,
    bodyBytes: options.bodyBytes ?? 300_000,
    tokenLimits: { failuresPerKey: options.tokenLimit ?? 1000, perAddress: 10_000 },
  });
  return {
    app,
    deps,
    kafka,
    advance: (ms) => {
      now += ms;
    },
    organization: async ({ standaloneCu, serverCu, yarnCu } = {}) => {
      const { orgId } = await createOrganization(deps, { name: 'Test', orgId: `o${randomUUID()}`, actor: 'admin' });
      const { accessKey, secretKey } = await createAccessKey(deps, { orgId, actor: 'admin' });
      const grants = { standalone: standaloneCu, 'cluster-server': serverCu, 'cluster-yarn': yarnCu } as const;
      for (const resource of ['standalone', 'cluster-server', 'cluster-yarn'] as const) {
        const cu = grants[resource];
        if (cu !== undefined) await setGrant(deps, { orgId, resource, cu, actor: 'admin' });
      }
      return { orgId, accessKey, secretKey };
    },
  };
};

const embeddedStore = async (t: { after(cleanup: () => unknown): unknown }): Promise<Store> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-enos-'));
  const store = await openStore({ dataDir: await prepareDatabase(dataDir) });
  t.after(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return store;
};

const registry = createRegistry(operators);

const fakeCompile: EnosDeps['compile'] = (document, facts) => {
  const config = isJsonObject(document.pipelineConfig) ? document.pipelineConfig : document;
  const lineage = lineageOf(document, { registry, facts });
  if (config.broken !== true) return { issues: [], sourceTopics: ['source'], lineage };
  return {
    lineage,
    issues: [
      { code: 'STAGE_BROKEN', severity: 'error', path: '/pipelineConfig/stages/0', message: 'The stage is broken.' },
    ],
  };
};

const fakeFindStageState: EnosDeps['findStageState'] = async (_orgId, _document, name) =>
  name.startsWith('LatePointTagger')
    ? {
        owners: [JSON.stringify(name)],
        toItem: ({ key: [assetId, pointId = ''] }, stored) => ({ assetId, pointId, time: stored }),
        pointOf: ({ key: [assetId, pointId = ''] }) => [assetId, pointId],
      }
    : name.startsWith('Trash')
      ? 'no-state'
      : 'stage-unknown';

const fakeStateStore = (kafka: FakeKafka): EnosDeps['stateStore'] => {
  const reach = () => {
    if (!kafka.isReachable) throw new UseCaseError('KAFKA_UNREACHABLE', 'unavailable', 'Kafka cannot be reached.');
  };
  const matching = (wants: (key: string) => boolean): ChangelogEntry[] =>
    [...kafka.entries].filter(([key]) => wants(key)).map(([key, value]) => ({ key, value }));
  return {
    readState: async (_pipelineId, wants) => {
      reach();
      return matching(wants);
    },
    deleteState: async (_pipelineId, wants) => {
      reach();
      const entries = matching(wants);
      for (const { key } of entries) kafka.entries.delete(key);
      return entries.length;
    },
    forgetState: async () => {
      reach();
      kafka.entries.clear();
    },
    skipBacklog: async (pipelineId) => {
      reach();
      kafka.skipped.push(pipelineId);
    },
    clear: async (pipelineId) => {
      reach();
      kafka.cleared.push(pipelineId);
    },
    partitionCount: async (topic) => {
      reach();
      return kafka.partitions.get(topic);
    },
  };
};

/** An EnOS client as the contract describes one: token, then signed calls. */
export interface EnosClient {
  readonly org: Organization;
  token(): Promise<string>;
  call(method: 'GET' | 'POST', path: string, options?: CallOptions): Promise<EnosResponse>;
}

export interface CallOptions {
  readonly query?: string;
  readonly body?: unknown;
  /** The body as it is, instead of `body` as JSON. */
  readonly text?: string | Buffer;
  readonly headers?: Record<string, string>;
}

// biome-ignore lint/suspicious/noExplicitAny: a client sees whatever JSON comes
export type EnosResponse = { readonly http: number; readonly json: any; readonly text: string };

export const createEnosClient = (fixture: EnosFixture, org: Organization): EnosClient => {
  let sent = 0;
  const token = async (): Promise<string> => {
    sent += 1;
    const timestamp = String(fixture.deps.clock.now() + sent);
    const response = await fixture.app.inject({
      method: 'POST',
      url: '/apim-token-service/v2.0/token/get',
      payload: {
        appKey: org.accessKey,
        timestamp,
        encryption: tokenEncryption(org.accessKey, timestamp, org.secretKey),
      },
    });
    return response.json().data.accessToken;
  };
  let current: Promise<string> | undefined;
  return {
    org,
    token,
    call: async (method, path, options = {}) => {
      current ??= token();
      const accessToken = await current;
      const rawQuery = options.query ?? `orgId=${org.orgId}`;
      const rawBody = options.text ?? (options.body === undefined ? '' : JSON.stringify(options.body));
      const timestamp = String(fixture.deps.clock.now());
      const signature = callSignature({
        accessToken,
        rawQuery,
        rawBody: Buffer.from(rawBody),
        timestamp,
        appSecret: org.secretKey,
      });
      const response = await fixture.app.inject({
        method,
        url: `/streaming/v2.0/${path}?${rawQuery}`,
        headers: {
          'content-type': 'application/json;charset=UTF-8',
          'apim-accesstoken': accessToken,
          'apim-timestamp': timestamp,
          'apim-signature': signature,
          ...options.headers,
        },
        ...(rawBody.length === 0 ? {} : { payload: rawBody }),
      });
      return { http: response.statusCode, json: response.json(), text: response.body };
    },
  };
};
