import { readRunAssets } from './assets/read/read-run-assets.ts';
import { ChangeFeed } from './changes/change-feed.ts';
import { CompileThread } from './compile/compile-thread.ts';
import { buildApp } from './http/app.ts';
import type { ApiInstance } from './http/plugins/api-instance.ts';
import { createCompileCheck } from './lifecycle/compile-check.ts';
import { createKafkaStateStore } from './lifecycle/kafka-state-store.ts';
import { readReference } from './lineage/read-reference.ts';
import { PREVIEW_LIMITS, PreviewRunner } from './preview/preview-runner.ts';
import { openAlarms } from './service/alarms.ts';
import { createAppServices } from './service/app-services.ts';
import { type Foundation, type FoundationOptions, openFoundation } from './service/foundation.ts';
import { listen } from './service/listen.ts';
import { openModes } from './service/modes.ts';
import { openPresence } from './service/presence.ts';
import { scheduleUpkeep } from './service/schedule-upkeep.ts';
import { openSignInProvider } from './service/sign-in-provider.ts';
import { createRunLogs, createSupervisor } from './service/supervision.ts';
import { workerPrograms } from './service/worker-programs.ts';
import { SnapshotDesk } from './snapshot/snapshot-desk.ts';
import { readCheckedFacts } from './use-case/organization-facts.ts';

export interface Service {
  readonly app: ApiInstance;
  /** Where it listens. */
  readonly url: string;
  /** Ends it: leases are given back, what is under way is finished. Idempotent. */
  stop(): Promise<void>;
}

/** Puts one service instance together and starts it. Errors: those of its parts, and `PORT_IN_USE`. */
export const startService = async (options: FoundationOptions): Promise<Service> => {
  const foundation = await openFoundation(options);
  try {
    return await assemble(foundation);
  } catch (error) {
    await foundation.close();
    throw error;
  }
};

const assemble = async (foundation: Foundation): Promise<Service> => {
  const { settings, clock, kafkaAccess } = foundation;
  const stateStore = createKafkaStateStore({ client: () => kafkaAccess.cluster(), clock });
  const programs = () => workerPrograms(settings.programsDir, foundation.logger);
  const modes = await openModes(foundation, async () => (await programs()).main);
  const logs = createRunLogs(foundation, modes);
  const supervisor = createSupervisor(foundation, { modes, logs, stateStore });
  const snapshots = new SnapshotDesk(foundation);
  const compiler = new CompileThread();
  const compile = createCompileCheck(compiler, (orgId, document) =>
    readCheckedFacts(foundation.store.db, orgId, document),
  );
  const previews = new PreviewRunner(
    async () => (await programs()).preview,
    { ...PREVIEW_LIMITS, concurrent: settings.limits.previews },
    {
      outbound: { networks: settings.outboundNetworks },
      assets: (orgId, request) => readRunAssets(foundation.store.db, orgId, request),
      references: (asker, request) => readReference({ ...foundation, compile }, asker, request),
    },
  );
  const feed = new ChangeFeed({
    db: foundation.store.db,
    storage: foundation.site.own.storage,
    onTrouble: (reason) => foundation.logger.warn({ reason }, 'what has changed cannot be read'),
  });
  const alarms = openAlarms(foundation);
  const { presence, reach } = openPresence(foundation, modes);
  const provider = openSignInProvider(foundation);
  const parts = {
    provider,
    modes,
    logs,
    stateStore,
    snapshots,
    previews,
    compiler,
    feed,
    supervisor,
    reach,
    alarms: alarms.sending,
  };
  const services = createAppServices(foundation, parts);
  const app = await buildApp(services);
  const url = await listen(app, settings);
  if (services.console === undefined)
    foundation.logger.warn('the console was not built, and is not served (npm run console:build)');
  // Announced before any worker is started.
  foundation.endpoint.announce(settings.publicUrl ?? url);
  for (const mode of modes.all) warn(foundation, mode.advice(foundation.endpoint.url()));
  if (settings.supervise) {
    supervisor.start();
    alarms.start();
  } else foundation.logger.info('this instance supervises no runs (PENSTOCK_SUPERVISE=0)');
  const endTidying = scheduleUpkeep(foundation);
  provider?.start();
  presence.start();
  reach.start();
  let ending: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    // Whoever looks on goes on at another instance meanwhile; and answers that never end would hold the door open.
    feed.close();
    provider?.close();
    reach.stop();
    await endTidying();
    await alarms.stop();
    // While workers finish they still report, so the door closes after them.
    await supervisor.stop({ stopWorkers: settings.stopWorkersOnExit });
    previews.close();
    await compiler.close();
    await snapshots.close();
    await app.close();
    await presence.stop();
    await foundation.close();
  };
  return {
    app,
    url,
    stop: () => {
      ending ??= stop();
      return ending;
    },
  };
};

const warn = ({ endpoint, logger }: Foundation, advice: string | undefined): void => {
  if (advice !== undefined) logger.warn({ url: endpoint.url() }, advice);
};
