import { messageOf } from '@penstock/model';
import { Type } from 'typebox';
import type { ApiInstance } from '../plugins/api-instance.ts';

/** Rejects with the reason when the thing cannot be reached. */
export type ReadinessCheck = () => Promise<void>;

const CHECK_TIMEOUT_MS = 3000;

const readiness = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('not-ready')]),
  checks: Type.Record(Type.String(), Type.Object({ ok: Type.Boolean(), reason: Type.Optional(Type.String()) })),
});

const healthy = Type.Object({ status: Type.Literal('ok') });
const unhealthy = Type.Object({
  status: Type.Literal('database-unreachable'),
  reason: Type.String(),
  since: Type.Integer({ description: 'Unix ms' }),
});

/** What `/healthz` needs to know of the database: known already, so that the answer comes at once. */
export type HealthOf = () => { readonly isAnswering: boolean; readonly since: number; readonly reason?: string };

/**
 * `/livez`: the process answers; restarting it for anything else would end the workers beside it. `/healthz`: and the
 * database did, within the last seconds. `/readyz`: what it depends on answers too; it says which does not. */
export const registerHealthRoutes = (
  app: ApiInstance,
  checks: Readonly<Record<string, ReadinessCheck>>,
  healthOf: HealthOf = () => ({ isAnswering: true, since: 0 }),
): void => {
  void app.get(
    '/livez',
    {
      config: { permission: 'public' },
      logLevel: 'warn',
      schema: {
        tags: ['Operation'],
        summary: 'Is the process alive?',
        response: { 200: healthy },
      },
    },
    async () => ({ status: 'ok' as const }),
  );
  void app.get(
    '/healthz',
    {
      config: { permission: 'public' },
      logLevel: 'warn',
      schema: {
        tags: ['Operation'],
        summary: 'Is the process alive, and does its database answer?',
        response: { 200: healthy, 503: unhealthy },
      },
    },
    async (_request, reply) => {
      const { isAnswering, since, reason } = healthOf();
      if (isAnswering) return reply.code(200).send({ status: 'ok' });
      return reply.code(503).send({ status: 'database-unreachable', reason: reason ?? 'no answer', since });
    },
  );
  void app.get(
    '/readyz',
    {
      config: { permission: 'public' },
      logLevel: 'warn',
      schema: { tags: ['Operation'], summary: 'Can it do its work?', response: { 200: readiness, 503: readiness } },
    },
    async (_request, reply) => {
      const entries = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, await outcomeOf(check)] as const),
      );
      const isReady = entries.every(([, { ok }]) => ok);
      const body = {
        status: isReady ? ('ready' as const) : ('not-ready' as const),
        checks: Object.fromEntries(entries),
      };
      return reply.code(isReady ? 200 : 503).send(body);
    },
  );
};

const outcomeOf = async (check: ReadinessCheck): Promise<{ ok: boolean; reason?: string }> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  try {
    await Promise.race([check(), late.promise]);
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
};
