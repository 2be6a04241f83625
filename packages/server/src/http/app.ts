import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Authenticate } from '../auth/authenticate.ts';
import type { AuthDeps } from '../auth/token-service.ts';
import type { ConnectionDeps } from '../connections/connections.ts';
import type { OwnLibraryDeps } from '../libraries/install-own-library.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { QueueTopicDeps } from '../queue-topics/queue-topic.ts';
import type { UseCaseDeps } from '../use-case/use-case.ts';
import type { ConsoleFiles } from './console/console-files.ts';
import { consolePages, registerConsole } from './console/console-routes.ts';
import type { EnosDeps } from './enos/answer-call.ts';
import { registerEnosRoutes } from './enos/register-enos-routes.ts';
import type { TokenLimits } from './enos/token-routes.ts';
import { registerAssetsRoute } from './internal/assets-route.ts';
import { type HealthOf, type ReadinessCheck, registerHealthRoutes } from './internal/health-routes.ts';
import { type HeartbeatRouteDeps, registerHeartbeatRoute } from './internal/heartbeat-route.ts';
import { registerMetrics } from './internal/metrics-route.ts';
import { registerReferencesRoute } from './internal/references-route.ts';
import type { ApiInstance } from './plugins/api-instance.ts';
import { auditReads } from './plugins/audit-reads.ts';
import { limitBodies } from './plugins/body-budget.ts';
import { authenticateCalls } from './plugins/caller.ts';
import { handleError } from './plugins/error-handler.ts';
import { explainCodes } from './plugins/explain-codes.ts';
import { checkHosts } from './plugins/host-check.ts';
import { namedSchemas } from './plugins/named-schemas.ts';
import { noteOrigins } from './plugins/note-origins.ts';
import { problem, problemSchema } from './plugins/problem.ts';
import { acceptJsonBodies } from './plugins/raw-body.ts';
import { rememberRoutes } from './plugins/route-list.ts';
import { addSecurityHeaders } from './plugins/security-headers.ts';
import { createSerializerBuilder } from './plugins/serializer.ts';
import { withSessions } from './plugins/session-cookie.ts';
import { createValidatorCompiler } from './plugins/validator.ts';
import { registerReference } from './reference/api-reference.ts';
import type { AlarmRouteDeps } from './routes/alarms/alarm-route-deps.ts';
import { registerAlarmRoutes } from './routes/alarms/alarm-routes.ts';
import { registerAssetRoutes } from './routes/assets/asset-routes.ts';
import { registerAuditRoutes } from './routes/audit/audit-routes.ts';
import { registerCodeRoutes } from './routes/codes/code-routes.ts';
import { registerConnectionRoutes } from './routes/connections/connection-routes.ts';
import { type DeadLetterRouteDeps, registerDeadLetterRoutes } from './routes/dead-letters/dead-letter-routes.ts';
import { type DesignRouteDeps, registerDesignRoutes } from './routes/design/design-routes.ts';
import { type EventRouteDeps, registerEventRoutes } from './routes/events/event-routes.ts';
import { registerLibraryRoutes } from './routes/libraries/library-routes.ts';
import { registerLineageRoutes } from './routes/lineage/lineage-routes.ts';
import { type LogRouteDeps, registerLogRoutes } from './routes/logs/log-routes.ts';
import { registerMeRoute } from './routes/me/me-route.ts';
import { registerManyRoutes } from './routes/operate/many-routes.ts';
import { registerOperateRoutes } from './routes/operate/operate-routes.ts';
import { registerExpressionRoutes, registerOperatorRoutes } from './routes/operators/operator-routes.ts';
import { type OrganizationRouteDeps, registerOrganizationRoutes } from './routes/organizations/organization-routes.ts';
import { type PeopleRouteDeps, registerPeopleRoutes } from './routes/people/people-routes.ts';
import { registerProviderRoutes } from './routes/people/provider-routes.ts';
import { registerSignInRoutes } from './routes/people/session-routes.ts';
import { registerApplyRoute } from './routes/pipelines/apply-route.ts';
import { registerArchiveRoutes } from './routes/pipelines/archive-routes.ts';
import { registerPipelineRoutes } from './routes/pipelines/pipeline-routes.ts';
import { registerSavingRoutes } from './routes/pipelines/saving-routes.ts';
import { registerSearchRoutes } from './routes/pipelines/search-routes.ts';
import { registerVersionRoutes } from './routes/pipelines/version-routes.ts';
import { registerQueueTopicRoutes } from './routes/queue-topics/queue-topic-routes.ts';
import { type ResourceRouteDeps, registerResourceRoutes } from './routes/resources/resource-routes.ts';
import { registerRunRoutes } from './routes/runs/run-routes.ts';
import { registerSeriesRoutes } from './routes/runs/series-routes.ts';
import { registerSnapshotRoutes, type SnapshotRouteDeps } from './routes/snapshots/snapshot-routes.ts';
import { registerSystemRoutes, type SystemRouteDeps } from './routes/system/system-routes.ts';
import { registerTemplateRoutes } from './routes/templates/template-routes.ts';
import { registerTopicRecordRoutes, type TopicRecordRouteDeps } from './routes/topics/topic-record-routes.ts';

/** Everything the application serves, put together by the service or a test: each scope gets its own, and no more. */
export interface AppServices {
  readonly authenticate: Authenticate;
  readonly enos: EnosDeps & AuthDeps;
  readonly heartbeats: HeartbeatRouteDeps;
  readonly organizations: OrganizationRouteDeps;
  readonly people: PeopleRouteDeps;
  readonly libraries: OwnLibraryDeps;
  readonly resources: ResourceRouteDeps;
  readonly queueTopics: QueueTopicDeps;
  readonly topicRecords: TopicRecordRouteDeps;
  readonly pipelines: UseCaseDeps;
  readonly snapshots: SnapshotRouteDeps;
  readonly logs: LogRouteDeps;
  readonly design: Omit<DesignRouteDeps, 'bodyBytes'>;
  readonly deadLetters: DeadLetterRouteDeps;
  readonly alarms: AlarmRouteDeps;
  readonly connections: ConnectionDeps;
  readonly events: EventRouteDeps;
  readonly system: SystemRouteDeps;
  readonly metrics: Metrics;
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  /** How it stands with the database; absent: it answers. */
  readonly healthOf?: HealthOf;
  /** The built console; absent: the service has no pages. */
  readonly console?: ConsoleFiles;
  readonly bodyBytes: number;
  /** What bodies may take in memory together. */
  readonly bodyBudgetBytes?: number;
  readonly tokenLimits: TokenLimits;
  /** Proxies in front that are believed: how many, or their addresses. */
  readonly trustProxy?: false | number | string;
  readonly logger: FastifyBaseLogger;
}

/** Bodies of routes that ask for no more room: some fields, or a thousand ids. */
const SMALL_BODY_BYTES = 64 * 1024;

/** So many proxies nearest to this service are believed, or those at some addresses; what comes from beyond is not. */
const trustedProxies = (
  given: false | number | string,
): false | string | ((address: string, hop: number) => boolean) =>
  typeof given === 'number' ? (_address, hop) => hop < given : given;

/** Builds the application without listening. */
export const buildApp = async (services: AppServices): Promise<ApiInstance> => {
  const app: ApiInstance = Fastify({
    loggerInstance: services.logger,
    genReqId: () => randomUUID(),
    bodyLimit: SMALL_BODY_BYTES,
    requestTimeout: 60_000,
    trustProxy: trustedProxies(services.trustProxy ?? false),
    routerOptions: { maxParamLength: 1000 },
    frameworkErrors: handleError,
    schemaController: { compilersFactory: { buildSerializer: createSerializerBuilder() } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  void app.setValidatorCompiler(createValidatorCompiler());
  void app.setErrorHandler(handleError);
  const pages = services.console === undefined ? undefined : consolePages(app, services.console);
  void app.setNotFoundHandler(
    (request, reply) =>
      pages?.(request, reply) ??
      reply
        .code(404)
        .send(problem(request, 'ROUTE_UNKNOWN', `There is no ${request.method} ${request.url.split('?')[0]}.`)),
  );
  void app.addSchema(problemSchema);
  for (const schema of namedSchemas()) void app.addSchema(schema);
  rememberRoutes(app);
  noteOrigins(app);
  addSecurityHeaders(app);
  limitBodies(app, services.bodyBudgetBytes);
  acceptJsonBodies(app);
  void app.addHook('onSend', async (request, reply) => void reply.header('x-request-id', request.id));
  await registerReference(app);
  if (services.console !== undefined) registerConsole(app, services.console);
  registerMetrics(app, services.metrics);
  registerHealthRoutes(app, services.readiness, services.healthOf);
  registerHeartbeatRoute(app, services.heartbeats);
  registerAssetsRoute(app, services.heartbeats);
  registerReferencesRoute(app, services.pipelines);
  await registerEnosRoutes(app, {
    deps: services.enos,
    bodyBytes: services.bodyBytes,
    tokenLimits: services.tokenLimits,
  });
  await app.register(async (scope) => registerOwnApi(scope, services), { prefix: '/api/v1' });
  await app.ready();
  return app;
};

const registerOwnApi = async (scope: ApiInstance, services: AppServices): Promise<void> => {
  await scope.register(cookie);
  explainCodes(scope);
  checkHosts(scope as unknown as FastifyInstance, services.people.hosts);
  void scope.get('/openapi.json', { schema: { hide: true } }, async () => scope.swagger());
  await scope.register(async (doors: ApiInstance) => {
    registerSignInRoutes(doors, services.people);
    registerProviderRoutes(doors, services.people);
  });
  await scope.register(async (own: ApiInstance) => {
    authenticateCalls(own, withSessions(services.authenticate, services.people));
    auditReads(own, services.enos.reads);
    await own.register(async (me: ApiInstance) => registerMeRoute(me));
    await own.register(async (inner: ApiInstance) => registerSystemRoutes(inner, services.system));
    await own.register(async (inner: ApiInstance) => registerOrganizationRoutes(inner, services.organizations));
    await own.register(async (inner: ApiInstance) => registerPeopleRoutes(inner, services.people));
    await own.register(async (inner: ApiInstance) => registerAuditRoutes(inner, services.pipelines));
    await own.register(async (inner: ApiInstance) => registerLineageRoutes(inner, services.pipelines));
    await own.register(async (inner: ApiInstance) => registerPipelineRoutes(inner, services.pipelines));
    await own.register(async (inner: ApiInstance) => {
      const { bodyBytes, pipelines } = services;
      registerSearchRoutes(inner, pipelines);
      registerSavingRoutes(inner, { ...pipelines, bodyBytes });
      registerVersionRoutes(inner, pipelines);
      registerArchiveRoutes(inner, { ...pipelines, bodyBytes });
      registerApplyRoute(inner, { ...pipelines, bodyBytes });
      registerOperateRoutes(inner, pipelines);
      registerManyRoutes(inner, pipelines);
      registerRunRoutes(inner, pipelines);
      registerSeriesRoutes(inner, pipelines);
    });
    await own.register(async (inner: ApiInstance) => registerAlarmRoutes(inner, services.alarms));
    await own.register(async (inner: ApiInstance) => registerConnectionRoutes(inner, services.connections));
    await own.register(async (inner: ApiInstance) =>
      registerLibraryRoutes(inner, { ...services.libraries, bodyBytes: services.bodyBytes }),
    );
    await own.register(async (inner: ApiInstance) => registerResourceRoutes(inner, services.resources));
    await own.register(async (inner: ApiInstance) => registerQueueTopicRoutes(inner, services.queueTopics));
    await own.register(async (inner: ApiInstance) => registerTopicRecordRoutes(inner, services.topicRecords));
    await own.register(async (inner: ApiInstance) => registerAssetRoutes(inner, services.pipelines));
    await own.register(async (inner: ApiInstance) => registerEventRoutes(inner, services.events));
    await own.register(async (inner: ApiInstance) => registerSnapshotRoutes(inner, services.snapshots));
    await own.register(async (inner: ApiInstance) => registerLogRoutes(inner, services.logs));
    await own.register(async (inner: ApiInstance) =>
      registerDesignRoutes(inner, { ...services.design, bodyBytes: services.bodyBytes }),
    );
    await own.register(async (inner: ApiInstance) => {
      registerOperatorRoutes(inner, services.design);
      registerTemplateRoutes(inner);
      registerExpressionRoutes(inner);
      registerCodeRoutes(inner);
    });
    await own.register(async (inner: ApiInstance) => registerDeadLetterRoutes(inner, services.deadLetters));
  });
};
