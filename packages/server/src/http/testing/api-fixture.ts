import { fileURLToPath } from 'node:url';
import { type Clock, connectionUses, type OperatorDefinition } from '@penstock/engine';
import { AppError, type JsonObject, type KafkaSettings } from '@penstock/model';
import { DEFAULT_POLICY } from '@penstock/modes';
import type { YarnLogs } from '@penstock/modes/testing';
import { createRegistry, operators } from '@penstock/operators';
import { createAddressRules } from '@penstock/outbound';
import { pino } from 'pino';
import type { Mailer } from '../../alarms/delivery/mailer.ts';
import type { SendDeps } from '../../alarms/delivery/send.ts';
import { readRunAssets } from '../../assets/read/read-run-assets.ts';
import { ChangeFeed } from '../../changes/change-feed.ts';
import { createInlineCompiler } from '../../compile/compile-document.ts';
import { KafkaAccess } from '../../kafka/kafka-access.ts';
import { readReference } from '../../lineage/read-reference.ts';
import { RunLogs, type RunLogsDeps } from '../../logs/run-logs.ts';
import { createMetrics } from '../../observability/metrics.ts';
import { createServiceLog } from '../../observability/service-log.ts';
import type { OidcProvider } from '../../people/oidc/oidc-provider.ts';
import { createSignInAttempts } from '../../people/sign-in.ts';
import { type Reached, ReachWatch } from '../../presence/reach-watch.ts';
import { PREVIEW_LIMITS, PreviewRunner } from '../../preview/preview-runner.ts';
import { createTestModes } from '../../runs/testing/test-modes.ts';
import { loadSettings } from '../../settings/settings.ts';
import { Site, type SiteFacts } from '../../site/site.ts';
import { SnapshotDesk } from '../../snapshot/snapshot-desk.ts';
import type { Store } from '../../store/open-store.ts';
import { TopicLooks } from '../../topic-records/topic-looks.ts';
import type { CompileCheck } from '../../use-case/use-case.ts';
import { type AppServices, buildApp } from '../app.ts';
import type { ConsoleFiles } from '../console/console-files.ts';
import { ADMIN_TOKEN, createEnosClient, createEnosFixture } from '../enos/testing/enos-fixture.ts';

const PREVIEW_PROGRAM = fileURLToPath(new URL('../../../../worker/src/preview/preview-main.ts', import.meta.url));

export interface ApiFixtureOptions {
  readonly store?: Store;
  readonly kafka?: KafkaSettings;
  readonly previewProgram?: string;
  readonly readiness?: AppServices['readiness'];
  readonly site?: SiteFacts;
  readonly healthOf?: AppServices['healthOf'];
  readonly log?: (line: string) => void;
  /** Where runs have their files. */
  readonly dataDir?: string;
  readonly bodyBudgetBytes?: number;
  /** Between signs of life of event streams. */
  readonly beatMs?: number;
  /** Networks that webhooks may be in. */
  readonly outboundNetworks?: readonly string[];
  readonly mailer?: Mailer;
  readonly passwords?: boolean;
  /** Where people may sign in beside here. */
  readonly provider?: (deps: { readonly clock: Clock }) => OidcProvider;
  readonly console?: ConsoleFiles;
  /** What the service depends on beside the database. */
  readonly reached?: readonly Reached[];
  /** Beside those there are. */
  readonly operators?: readonly OperatorDefinition[];
  /** By which documents are really compiled. */
  readonly compile?: (store: Store) => CompileCheck;
  readonly logs?: Pick<RunLogsDeps, 'secretsOf'> & { readonly cluster?: YarnLogs };
}

/** The whole application over a real database, without listening; Kafka only where a test brings one. */
export const createApiFixture = async (
  t: { after(cleanup: () => unknown): unknown },
  options: ApiFixtureOptions = {},
) => {
  const dataDir = options.dataDir ?? '/nowhere';
  const { cluster: clusterLogs, ...logOptions } = options.logs ?? {};
  const modes = createTestModes({ dataDir, ...(clusterLogs === undefined ? {} : { clusterLogs }) });
  const enos = await createEnosFixture(t, {
    modes,
    ...(options.store === undefined ? {} : { store: options.store }),
    ...(options.compile === undefined ? {} : { compile: options.compile }),
  });
  const access = new KafkaAccess(options.kafka, () => undefined);
  const previews = new PreviewRunner(
    async () => options.previewProgram ?? PREVIEW_PROGRAM,
    { ...PREVIEW_LIMITS, concurrent: 1 },
    {
      assets: (orgId, request) => readRunAssets(enos.deps.store.db, orgId, request),
      references: (asker, request) => readReference(enos.deps, asker, request),
    },
  );
  const registry = createRegistry([...operators, ...(options.operators ?? [])]);
  const connections = {
    ...enos.deps,
    access: { rules: createAddressRules(options.outboundNetworks ?? []) },
    usesOf: (document: JsonObject) => connectionUses(document, registry),
  };
  const snapshots = new SnapshotDesk({ ...enos.deps, registry }, { concurrent: 2, pollMs: 20 });
  const logs = new RunLogs({
    store: enos.deps.store,
    dataDir,
    modes,
    ...logOptions,
  });
  const feed = new ChangeFeed({ db: enos.deps.store.db, storage: 'test', pollMs: 20 });
  const { log } = options;
  const sending: SendDeps = {
    clock: enos.deps.clock,
    seal: enos.deps.seal,
    rules: createAddressRules(options.outboundNetworks ?? []),
    mailer: options.mailer,
  };
  const site = await Site.of(enos.deps.store.db, options.site ?? { name: null, storage: 'test' });
  const provider = options.provider?.(enos.deps);
  const reach = new ReachWatch(options.reached ?? []);
  const metrics = createMetrics(enos.deps.store, () => enos.deps.clock.now(), {
    isDatabaseAnswering: () => options.healthOf?.().isAnswering ?? true,
    streams: () => feed.readers,
    previews: () => previews.running,
    supervision: () => undefined,
  });
  const app = await buildApp({
    authenticate: enos.deps.authenticate,
    enos: enos.deps,
    heartbeats: { ...enos.deps, policy: DEFAULT_POLICY, onPhase: () => undefined, onHeard: metrics.heard },
    organizations: {
      ...enos.deps,
      ensureTopics: async () => {
        throw new AppError('KAFKA_NOT_CONFIGURED', 'No Kafka in this test.', { domain: 'external' });
      },
    },
    people: {
      ...enos.deps,
      sessions: { lifetimeMs: 168 * 3600_000, idleMs: 8 * 3600_000 },
      hosts: ['penstock.example'],
      attempts: createSignInAttempts(enos.deps.clock),
      passwords: options.passwords ?? true,
      provider,
    },
    libraries: { ...enos.deps, registry, previews },
    resources: { ...enos.deps, warnPercent: 80 },
    queueTopics: { ...enos.deps, registry, topics: () => access.admin() },
    topicRecords: { looks: new TopicLooks({ store: enos.deps.store, cluster: () => access.cluster() }) },
    pipelines: enos.deps,
    snapshots: { ...enos.deps, snapshots },
    logs: { ...enos.deps, logs },
    design: { ...enos.deps, registry, previews, compiler: createInlineCompiler(registry), kafka: options.kafka },
    deadLetters: { ...enos.deps, kafkaAccess: access },
    alarms: { ...enos.deps, ...sending, hasMail: sending.mailer !== undefined, giveUpMs: 24 * 3600_000 },
    connections,
    events: { ...enos.deps, feed, streams: 3, beatMs: options.beatMs ?? 15_000 },
    system: {
      ...enos.deps,
      site,
      settings: loadSettings({}, '/nowhere'),
      provider,
      reach,
      wake: () => undefined,
    },
    metrics,
    readiness: options.readiness ?? {},
    ...(options.console === undefined ? {} : { console: options.console }),
    ...(options.healthOf === undefined ? {} : { healthOf: options.healthOf }),
    bodyBytes: 300_000,
    ...(options.bodyBudgetBytes === undefined ? {} : { bodyBudgetBytes: options.bodyBudgetBytes }),
    tokenLimits: { failuresPerKey: 1000, perAddress: 1000 },
    logger: log === undefined ? pino({ level: 'silent' }) : createServiceLog('info', { write: log }),
  });
  t.after(async () => {
    feed.close();
    previews.close();
    await snapshots.close();
    await app.close();
    await access.close();
  });

  /** A call with credentials (the admin token unless others are given). */
  const call = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    token: string | null = ADMIN_TOKEN,
  ) => {
    const response = await app.inject({
      method,
      url: path.startsWith('/') ? path : `/api/v1/${path}`,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const isJson = String(response.headers['content-type']).includes('json');
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      json: isJson ? response.json() : undefined,
    };
  };

  /** An organisation with a token of its own. */
  const organization = async () => {
    const org = await enos.organization({ standaloneCu: 4 });
    return { ...org, token: await createEnosClient(enos, org).token() };
  };

  return {
    app,
    call,
    organization,
    enos,
    access,
    snapshots,
    feed,
    sending,
    modes,
    connections,
    reach,
    deps: enos.deps,
  };
};
