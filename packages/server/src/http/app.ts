import { randomUUID } from 'node:crypto';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import scalar from '@scalar/fastify-api-reference';
import Fastify, { type FastifyBaseLogger } from 'fastify';
import type { AuthDeps } from '../auth/token-service.ts';
import { type Metrics, registerMetrics } from '../observability/metrics.ts';
import type { HearDeps } from '../runs/hear.ts';
import type { EnosDeps } from './enos/answer-call.ts';
import { registerEnosRoutes } from './enos/register-enos-routes.ts';
import type { TokenLimits } from './enos/token-routes.ts';
import { type ReadinessCheck, registerHealthRoutes } from './internal/health-routes.ts';
import { registerHeartbeatRoute } from './internal/heartbeat-route.ts';
import type { ApiInstance } from './plugins/api-instance.ts';
import { authenticateCalls } from './plugins/caller.ts';
import { handleError } from './plugins/error-handler.ts';
import { problem, problemSchema } from './plugins/problem.ts';
import { acceptJsonBodies } from './plugins/raw-body.ts';
import { addSecurityHeaders } from './plugins/security-headers.ts';
import { createValidatorCompiler } from './plugins/validator.ts';
import { type DeadLetterRouteDeps, registerDeadLetterRoutes } from './routes/dead-letters/dead-letter-routes.ts';
import { type DesignRouteDeps, registerDesignRoutes } from './routes/design/design-routes.ts';
import { type LogRouteDeps, registerLogRoutes } from './routes/logs/log-routes.ts';
import { registerMeRoute } from './routes/me/me-route.ts';
import { registerOperatorRoutes } from './routes/operators/operator-routes.ts';
import { type OrganizationRouteDeps, registerOrganizationRoutes } from './routes/organizations/organization-routes.ts';
import { registerPipelineRoutes } from './routes/pipelines/pipeline-routes.ts';
import { registerSnapshotRoutes, type SnapshotRouteDeps } from './routes/snapshots/snapshot-routes.ts';

/** Everything the application serves, put together by `main.ts` or a test. */
export interface AppServices {
  readonly deps: EnosDeps &
    AuthDeps &
    HearDeps &
    OrganizationRouteDeps &
    DesignRouteDeps &
    DeadLetterRouteDeps &
    SnapshotRouteDeps &
    LogRouteDeps;
  /** Called when something happened that the supervisor should look at now. */
  readonly wake: () => void;
  readonly metrics: Metrics;
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  readonly bodyBytes: number;
  readonly tokenLimits: TokenLimits;
  readonly trustProxy?: boolean;
  readonly logger: FastifyBaseLogger;
}

const VERSION = '0.1.0';

/** Builds the application without listening. */
export const buildApp = async (services: AppServices): Promise<ApiInstance> => {
  const app: ApiInstance = Fastify({
    loggerInstance: services.logger,
    genReqId: () => randomUUID(),
    bodyLimit: services.bodyBytes,
    requestTimeout: 60_000,
    trustProxy: services.trustProxy ?? false,
    routerOptions: { maxParamLength: 1000 },
    frameworkErrors: handleError,
  }).withTypeProvider<TypeBoxTypeProvider>();
  void app.setValidatorCompiler(createValidatorCompiler());
  void app.setErrorHandler(handleError);
  void app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send(problem(request, 'ROUTE_UNKNOWN', `There is no ${request.method} ${request.url.split('?')[0]}.`)),
  );
  void app.addSchema(problemSchema);
  addSecurityHeaders(app);
  acceptJsonBodies(app);
  void app.addHook('onSend', async (request, reply) => void reply.header('x-request-id', request.id));
  await registerReference(app);
  registerMetrics(app, services.metrics);
  registerHealthRoutes(app, services.readiness);
  registerHeartbeatRoute(app, services.deps, services.wake);
  await registerEnosRoutes(app, {
    deps: services.deps,
    bodyBytes: services.bodyBytes,
    tokenLimits: services.tokenLimits,
  });
  await app.register(async (scope) => registerOwnApi(scope, services), { prefix: '/api/v1' });
  await app.ready();
  return app;
};

const registerOwnApi = async (scope: ApiInstance, { deps }: AppServices): Promise<void> => {
  void scope.get('/openapi.json', { schema: { hide: true } }, async () => scope.swagger());
  await scope.register(async (own: ApiInstance) => {
    authenticateCalls(own, deps.authenticate);
    registerMeRoute(own);
    registerOrganizationRoutes(own, deps);
    registerPipelineRoutes(own, deps);
    registerSnapshotRoutes(own, deps);
    registerLogRoutes(own, deps);
    registerDesignRoutes(own, deps);
    registerOperatorRoutes(own, deps);
    registerDeadLetterRoutes(own, deps);
  });
};

/** The OpenAPI document and the page to browse it, which is served from here to the last byte. */
const registerReference = async (app: ApiInstance): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Penstock',
        version: VERSION,
        description: 'Stream processing on Kafka: the EnOS Stream Processing API v2.0, and the API beside it.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'The admin token, or an access token of the token service.',
          },
          signedCall: {
            type: 'apiKey',
            in: 'header',
            name: 'apim-accesstoken',
            description:
              'With apim-signature and apim-timestamp: SHA-256 over token, query, body, timestamp and secret key.',
          },
        },
      },
    },
    // Schemas keep the names they were given, so that generated clients have readable types.
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `Schema${index}`) },
  });
  await app.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      pageTitle: 'Penstock API',
      url: '/api/v1/openapi.json',
      // Nothing from outside: no fonts, no proxy, no assistants, no links to a hosted client.
      withDefaultFonts: false,
      proxyUrl: '',
      telemetry: false,
      showDeveloperTools: 'never',
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  });
};
