import type { Metrics } from '../../observability/metrics.ts';
import type { ApiInstance } from '../plugins/api-instance.ts';

/** `/metrics`, and the time every request took. */
export const registerMetrics = (app: ApiInstance, metrics: Metrics): void => {
  void app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.httpDuration.observe(
      { method: request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
  });
  void app.get(
    '/metrics',
    { config: { permission: 'public' }, logLevel: 'warn', schema: { hide: true } },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
};
