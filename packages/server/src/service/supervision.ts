import { createClusterLogs } from '@penstock/modes';
import { fenceTasks, placesOf } from '../kafka/fence-tasks.ts';
import { RunLogs } from '../logs/run-logs.ts';
import { buildRunSpec } from '../runs/run-spec.ts';
import { runTokenOf } from '../runs/run-token.ts';
import { Supervisor } from '../runs/supervisor.ts';
import type { StateStorePort } from '../use-case/state-store-port.ts';
import type { Foundation } from './foundation.ts';
import type { Launchers } from './launchers.ts';

/** Logs of all runs, wherever they lie, without the secrets of their programs. */
export const createRunLogs = ({ store, settings, host, sealKey }: Foundation, { clusterMode }: Launchers): RunLogs =>
  new RunLogs({
    store,
    dataDir: settings.dataDir,
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

export interface SupervisorParts {
  readonly launchers: Launchers;
  readonly logs: RunLogs;
  readonly stateStore: StateStorePort;
}

/** The supervisor of this instance; not started yet. */
export const createSupervisor = (
  foundation: Foundation,
  { launchers, logs, stateStore }: SupervisorParts,
): Supervisor => {
  const { store, settings, endpoint, kafkaAccess, logger, sealKey } = foundation;
  const { clusterMode } = launchers;
  const supervisor = new Supervisor({
    store,
    clock: foundation.clock,
    instanceId: foundation.instanceId,
    host: foundation.host,
    policy: foundation.policy,
    launcherOf: launchers.of,
    specOf: (run) =>
      buildRunSpec(
        {
          store,
          kafka: settings.kafka,
          cu: settings.cu,
          endpointsFile: endpoint.file,
          ownUrl: endpoint.url,
          secret: sealKey,
        },
        run,
      ),
    ...(clusterMode === undefined ? {} : { killUnknown: (tags) => clusterMode.launcher.killUnknown(tags) }),
    keepLogs: async ({ runId }, supervision) => {
      const troubles = await logs.keep(runId, supervision);
      if (troubles.length > 0) logger.info({ runId, troubles }, 'not all logs of a run could be kept');
    },
    clear: (pipelineId) => stateStore.clear(pipelineId),
    fence: async (pipelineId, tasks, sourcePartitions) => {
      const cluster = await kafkaAccess.cluster();
      const places = tasks.length > 0 ? tasks : await placesOf(cluster, pipelineId, sourcePartitions);
      await fenceTasks(cluster, pipelineId, places);
    },
    log: logger.child({ part: 'supervisor' }),
  });
  foundation.wakeUp.answerWith(() => supervisor.wake());
  return supervisor;
};
