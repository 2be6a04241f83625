import { fileURLToPath } from 'node:url';
import { connectionUses } from '@penstock/engine';
import type { Modes } from '@penstock/modes';
import { createAddressRules } from '@penstock/outbound';
import type { SendDeps } from '../alarms/delivery/send.ts';
import { DataReads } from '../audit/data-reads.ts';
import { openAdminTokens } from '../auth/admin-token.ts';
import { createAuthenticator } from '../auth/authenticate.ts';
import type { ChangeFeed } from '../changes/change-feed.ts';
import type { Compiler } from '../compile/compiler.ts';
import type { AppServices } from '../http/app.ts';
import { readConsole } from '../http/console/console-files.ts';
import { ensureOrganizationTopics } from '../kafka/organization-topics.ts';
import { createCompileCheck, createFindStageState } from '../lifecycle/compile-check.ts';
import type { RunLogs } from '../logs/run-logs.ts';
import { createMetrics } from '../observability/metrics.ts';
import type { OidcProvider } from '../people/oidc/oidc-provider.ts';
import { createSignInAttempts } from '../people/sign-in.ts';
import type { ReachWatch } from '../presence/reach-watch.ts';
import type { PreviewRunner } from '../preview/preview-runner.ts';
import type { Supervisor } from '../runs/supervisor.ts';
import type { SnapshotDesk } from '../snapshot/snapshot-desk.ts';
import { checkTemplatePoints } from '../templates/check-points.ts';
import { TopicLooks } from '../topic-records/topic-looks.ts';
import { readCheckedFacts } from '../use-case/organization-facts.ts';
import { readOwnLibrariesOf } from '../use-case/read-libraries.ts';
import type { StateStorePort } from '../use-case/state-store-port.ts';
import type { UseCaseDeps } from '../use-case/use-case.ts';
import type { Foundation } from './foundation.ts';

export interface ServedParts {
  readonly modes: Modes;
  readonly logs: RunLogs;
  readonly stateStore: StateStorePort;
  readonly snapshots: SnapshotDesk;
  readonly previews: PreviewRunner;
  readonly compiler: Compiler;
  readonly feed: ChangeFeed;
  readonly supervisor: Pick<Supervisor, 'standing'>;
  readonly reach: ReachWatch;
  readonly alarms: SendDeps;
  /** Where people may sign in beside here. */
  readonly provider: OidcProvider | undefined;
}

const createUseCaseDeps = (foundation: Foundation, parts: ServedParts): UseCaseDeps => {
  const { modes, stateStore } = parts;
  const { store, clock, newId, instanceId, settings, registry, wakeUp } = foundation;
  return {
    store,
    clock,
    assertOwnSite: foundation.site.assertOwn,
    newId,
    instanceId,
    limits: settings.limits,
    compile: createCompileCheck(
      parts.compiler,
      (orgId, document) => readCheckedFacts(store.db, orgId, document),
      (orgId, points) => checkTemplatePoints(store.db, orgId, points),
    ),
    stateStore,
    findStageState: createFindStageState(registry, (orgId, document) =>
      readOwnLibrariesOf(store.db, orgId, [document]),
    ),
    modes,
    wake: wakeUp.ring,
  };
};

/** Where `npm start` builds the console. */
const CONSOLE_FOLDER = fileURLToPath(new URL('../../../console/dist', import.meta.url));

const consoleFiles = (): Pick<AppServices, 'console'> => {
  const files = readConsole(CONSOLE_FOLDER);
  return files === undefined ? {} : { console: files };
};

/** What the routes are given, scope by scope. */
export const createAppServices = (foundation: Foundation, parts: ServedParts): AppServices => {
  const { store, clock, seal, settings, registry, kafkaAccess, policy, wakeUp } = foundation;
  const useCases = createUseCaseDeps(foundation, parts);
  const authenticate = createAuthenticator({
    store,
    clock,
    seal,
    requireSignature: settings.requireSignature,
    adminTokens: openAdminTokens(settings, {
      clock,
      onTrouble: (error) => foundation.logger.error({ err: error }, 'the file of the admin token is wrong'),
    }),
  });
  const { tokenRequestsPerMinute } = settings.limits;
  const metrics = createMetrics(store, () => clock.now(), {
    isDatabaseAnswering: () => foundation.watch.health.isAnswering,
    streams: () => parts.feed.readers,
    previews: () => parts.previews.running,
    supervision: () => parts.supervisor.standing,
  });
  return {
    authenticate,
    enos: { ...useCases, seal, authenticate, reads: new DataReads({ store, clock }) },
    heartbeats: {
      store,
      clock,
      policy,
      eventsPerMinute: settings.limits.eventsPerMinute,
      modes: parts.modes,
      onPhase: wakeUp.ring,
      onHeard: metrics.heard,
    },
    organizations: {
      ...useCases,
      seal,
      ensureTopics: async (orgId, partitions) =>
        ensureOrganizationTopics(await kafkaAccess.admin(), orgId, partitions, settings.keep.deadLetters),
    },
    people: {
      ...useCases,
      seal,
      sessions: settings.sessions,
      hosts: settings.hosts,
      attempts: createSignInAttempts(clock),
      passwords: settings.passwords,
      provider: parts.provider,
    },
    libraries: { ...useCases, registry, previews: parts.previews },
    resources: { ...useCases, warnPercent: settings.alarms.resourcePercent },
    queueTopics: { ...useCases, registry, topics: () => kafkaAccess.admin() },
    topicRecords: { looks: new TopicLooks({ store, cluster: () => kafkaAccess.cluster() }) },
    pipelines: useCases,
    snapshots: { ...useCases, snapshots: parts.snapshots },
    logs: { ...useCases, logs: parts.logs },
    design: { ...useCases, registry, previews: parts.previews, compiler: parts.compiler, kafka: settings.kafka },
    deadLetters: { ...useCases, kafkaAccess },
    alarms: {
      ...useCases,
      ...parts.alarms,
      hasMail: parts.alarms.mailer !== undefined,
      giveUpMs: settings.alarms.giveUpMs,
    },
    connections: {
      store,
      clock,
      seal,
      access: { rules: createAddressRules(settings.outboundNetworks) },
      usesOf: (document) => connectionUses(document, registry),
    },
    events: { ...useCases, feed: parts.feed, streams: settings.limits.streams },
    system: {
      store,
      clock,
      instanceId: foundation.instanceId,
      site: foundation.site,
      settings,
      provider: parts.provider,
      reach: parts.reach,
      wake: wakeUp.ring,
    },
    metrics,
    healthOf: () => foundation.watch.health,
    ...consoleFiles(),
    readiness: {
      database: () => store.ping(),
      kafka: async () => {
        await (await kafkaAccess.admin()).describeCluster();
      },
    },
    bodyBytes: settings.limits.bodyBytes,
    tokenLimits: { failuresPerKey: tokenRequestsPerMinute, perAddress: tokenRequestsPerMinute * 10 },
    trustProxy: settings.trustProxy,
    logger: foundation.logger,
  };
};
