import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, messageOf } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import type { Logger } from 'pino';
import { loadAdminToken } from './auth/admin-token.ts';
import { createAuthenticator } from './auth/authenticate.ts';
import { claimDatabase, createSeal, loadSealKey } from './auth/seal.ts';
import { buildApp } from './http/app.ts';
import type { ApiInstance } from './http/plugins/api-instance.ts';
import { fenceTasks, placesOf } from './kafka/fence-tasks.ts';
import { KafkaAccess } from './kafka/kafka-access.ts';
import { ensureOrganizationTopics } from './kafka/organization-topics.ts';
import { createClusterMode } from './launchers/cluster/cluster-mode.ts';
import { readInstallation } from './launchers/cluster/installation.ts';
import { announceEndpoint } from './launchers/standalone/run-folder.ts';
import { StandaloneLauncher } from './launchers/standalone/standalone-launcher.ts';
import { createCompileCheck, createFindStageState } from './lifecycle/compile-check.ts';
import { createKafkaStateStore } from './lifecycle/kafka-state-store.ts';
import { createClusterLogs } from './logs/create-cluster-logs.ts';
import { RunLogs } from './logs/run-logs.ts';
import { createMetrics } from './observability/metrics.ts';
import { PREVIEW_LIMITS, PreviewRunner } from './preview/preview-runner.ts';
import { createInstanceId } from './runs/instance-identity.ts';
import { tidyUp } from './runs/maintenance.ts';
import { DEFAULT_POLICY, type SupervisionPolicy } from './runs/policy.ts';
import { buildRunSpec } from './runs/run-spec.ts';
import { readClusterResources } from './runs/run-store.ts';
import { runTokenOf } from './runs/run-token.ts';
import { Supervisor } from './runs/supervisor.ts';
import type { Settings } from './settings/settings.ts';
import { SnapshotDesk } from './snapshot/snapshot-desk.ts';
import { openStore } from './store/open-store.ts';

const WORKER_FOLDER = fileURLToPath(new URL('../../worker/src/', import.meta.url));
const TIDY_EVERY_MS = 3600_000;

export interface ServiceOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly policy?: SupervisionPolicy;
  readonly workerMain?: string;
}

export interface Service {
  readonly app: ApiInstance;
  /** Where it listens. */
  readonly url: string;
  /** Ends it: leases are given back, what is under way is finished. Idempotent. */
  stop(): Promise<void>;
}

/** Puts one service instance together and starts it. Errors: those of its parts, and `PORT_IN_USE`. */
export const startService = async (options: ServiceOptions): Promise<Service> => {
  const { settings, logger } = options;
  const { dataDir } = settings;
  const policy = options.policy ?? DEFAULT_POLICY;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const store = await openStore({
    databaseUrl: settings.databaseUrl,
    dataDir,
    onTrouble: (error) => logger.warn({ reason: error.message }, 'a database connection broke'),
  });
  const clock = { now: () => Date.now() };
  const host = hostname();
  const instanceId = createInstanceId(host);
  const access = new KafkaAccess(settings.kafka, (message) => logger.warn({ reason: message }, 'trouble with Kafka'));
  const previews = new PreviewRunner(join(WORKER_FOLDER, 'preview', 'preview-main.ts'), {
    ...PREVIEW_LIMITS,
    concurrent: settings.limits.previews,
  });
  try {
    const sealKey = loadSealKey(settings);
    await claimDatabase(store.db, sealKey);
    const seal = createSeal(sealKey);
    const registry = createRegistry(operators);
    const snapshots = new SnapshotDesk({ store, clock, registry, newId: () => randomUUID() });
    const stateStore = createKafkaStateStore({ cluster: () => access.cluster(), clock });
    const authenticate = createAuthenticator({ store, clock, seal, adminToken: loadAdminToken(settings) });
    // Known once it listens, which is before anything is supervised.
    let ownUrl = '';
    const endpointsFile = join(dataDir, 'control-endpoints.json');
    const launcher = new StandaloneLauncher({
      dataDir,
      host,
      workerMain: options.workerMain ?? join(WORKER_FOLDER, 'main.ts'),
      endpointsFile,
      ownUrl: () => ownUrl,
      onExit: () => supervisor.wake(),
    });
    const clusterMode =
      settings.cluster === undefined
        ? undefined
        : createClusterMode({
            settings: settings.cluster,
            dataDir,
            host,
            installation: await readInstallation(store.db),
            cu: settings.cu,
            archives: async (cacheDir) => {
              // Loaded when the first run goes to the cluster: it brings a bundler.
              const { buildArchives } = await import('@penstock/worker/archives');
              return buildArchives({ cacheDir, onProgress: (message) => logger.info(message) });
            },
            resourcesOf: (runId) => readClusterResources(store.db, runId),
            ownUrl: () => ownUrl,
            onSubmitted: () => supervisor.wake(),
            clock,
            log: logger.child({ part: 'cluster' }),
          });
    const logs = new RunLogs({
      store,
      dataDir,
      host,
      secretsOf: (runId) => ({
        password: settings.kafka?.sasl?.password ?? '',
        privateKey: settings.kafka?.tls?.key ?? '',
        token: runTokenOf(sealKey, runId),
      }),
      ...(clusterMode === undefined || settings.cluster === undefined
        ? {}
        : { cluster: createClusterLogs(clusterMode, settings.cluster) }),
    });
    const supervisor = new Supervisor({
      store,
      clock,
      instanceId,
      host,
      policy,
      launcherOf: (executionMode) => (executionMode === 0 ? launcher : clusterMode?.launcher),
      specOf: (run) =>
        buildRunSpec(
          { store, kafka: settings.kafka, cu: settings.cu, endpointsFile, ownUrl: () => ownUrl, secret: sealKey },
          run,
        ),
      ...(clusterMode === undefined ? {} : { killUnknown: (tags) => clusterMode.launcher.killUnknown(tags) }),
      keepLogs: async ({ runId }, supervision) => {
        const troubles = await logs.keep(runId, supervision);
        if (troubles.length > 0) logger.info({ runId, troubles }, 'not all logs of a run could be kept');
      },
      clear: (pipelineId) => stateStore.clear(pipelineId),
      fence: async (pipelineId, tasks, sourcePartitions) => {
        const cluster = await access.cluster();
        const places = tasks.length > 0 ? tasks : await placesOf(cluster, pipelineId, sourcePartitions);
        await fenceTasks(cluster, pipelineId, places);
      },
      log: logger.child({ part: 'supervisor' }),
    });
    const app = await buildApp({
      deps: {
        store,
        clock,
        seal,
        policy,
        wake: () => supervisor.wake(),
        newId: () => randomUUID(),
        instanceId,
        limits: settings.limits,
        compile: createCompileCheck(registry),
        stateStore,
        findStageState: createFindStageState(registry),
        isClusterConfigured: clusterMode !== undefined,
        ...(clusterMode === undefined
          ? {}
          : { clusterAdmission: { cu: settings.cu, whyNeverFits: clusterMode.whyNeverFits } }),
        authenticate,
        registry,
        previews,
        snapshots,
        logs,
        kafka: settings.kafka,
        kafkaAccess: access,
        ensureTopics: async (orgId, partitions) => ensureOrganizationTopics(await access.admin(), orgId, partitions),
      },
      wake: () => supervisor.wake(),
      metrics: createMetrics(store, () => clock.now()),
      readiness: {
        database: () => store.ping(),
        kafka: async () => {
          await (await access.admin()).describeCluster();
        },
      },
      bodyBytes: settings.limits.bodyBytes,
      tokenLimits: {
        perKey: settings.limits.tokenRequestsPerMinute,
        perAddress: settings.limits.tokenRequestsPerMinute * 10,
      },
      trustProxy: settings.trustProxy,
      logger,
    });
    const url = await listen(app, settings);
    // Workers that lived through a restart find this instance by it; written before any worker is started.
    ownUrl = settings.publicUrl ?? url;
    announceEndpoint(endpointsFile, ownUrl);
    if (clusterMode?.isLoopback === false && isLoopbackUrl(ownUrl))
      logger.warn({ url: ownUrl }, 'drivers on other machines cannot reach this instance: set PENSTOCK_PUBLIC_URL');
    supervisor.start();
    const tidy = (): void => {
      tidyUp(store.db, dataDir, clock.now()).catch((error: unknown) =>
        logger.warn({ reason: messageOf(error) }, 'old data could not be removed'),
      );
    };
    const timer = setInterval(tidy, TIDY_EVERY_MS);
    tidy();
    let ending: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      clearInterval(timer);
      // While workers finish they still report, so the door closes after them.
      await supervisor.stop({ stopWorkers: settings.stopWorkersOnExit });
      previews.close();
      await snapshots.close();
      await app.close();
      await access.close();
      await store.close();
    };
    return {
      app,
      url,
      stop: () => {
        ending ??= stop();
        return ending;
      },
    };
  } catch (error) {
    await access.close();
    await store.close();
    throw error;
  }
};

const isLoopbackUrl = (url: string): boolean => /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(new URL(url).hostname);

const listen = async (app: ApiInstance, { host, port }: Settings): Promise<string> => {
  try {
    const address = await app.listen({ host, port });
    const url = new URL(address);
    // Whoever listens on every address is reached from here on this one.
    if (host === '0.0.0.0' || host === '::') url.hostname = '127.0.0.1';
    return url.origin;
  } catch (error) {
    await app.close();
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new AppError(
      'PORT_IN_USE',
      `Port ${port} of ${host} is in use by another program: stop it, or set PENSTOCK_PORT to another port.`,
      { domain: 'user' },
    );
  }
};
