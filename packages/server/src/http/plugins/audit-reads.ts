import type { FastifyRequest } from 'fastify';
import type { DataReads } from '../../audit/data-reads.ts';
import { actorOf } from '../../auth/caller.ts';
import type { ApiInstance } from './api-instance.ts';
import { callerOf, organizationOf } from './caller.ts';

/** Detail of an entry. */
const MAX_PATH = 500;

const looking = new WeakSet<FastifyRequest>();

/** A route that reads data only sometimes says so when it does; those that declare `data.read` need not. */
export const isLookingAtData = (request: FastifyRequest): void => void looking.add(request);

/** Notes every look at data, before it is answered; refusals show nothing and are not noted. */
export const auditReads = (app: ApiInstance, reads: DataReads): void => {
  void app.addHook('onSend', async (request, reply, payload) => {
    const isRead = request.routeOptions.config.permission === 'data.read' || looking.has(request);
    if (!isRead || reply.statusCode >= 400) return payload;
    // An administrator of the installation may look without naming an organisation.
    const orgId = organizationOf(request) ?? null;
    const target = targetOf(request) ?? orgId ?? 'installation';
    await reads.note({ orgId, actor: actorOf(callerOf(request)), target, what: pathOf(request) });
    return payload;
  });
};

const pathOf = (request: FastifyRequest): string => {
  const [path = ''] = request.url.split('?');
  return `${request.method} ${path}`.slice(0, MAX_PATH);
};

const targetOf = ({ params, body }: FastifyRequest): string | undefined => {
  for (const part of [params, body])
    if (typeof part === 'object' && part !== null && 'pipelineId' in part && typeof part.pipelineId === 'string')
      return part.pipelineId;
  return undefined;
};
