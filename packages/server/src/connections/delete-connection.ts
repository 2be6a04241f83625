import { and, eq } from 'drizzle-orm';
import { connections } from '../store/schema-connections.ts';
import { namesOf, pipelinesOf } from '../use-case/document-users.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { UseCaseError } from '../use-case/use-case.ts';
import { type ConnectionDeps, findConnection, kindOf } from './connections.ts';
import { usersOfConnection } from './used-by.ts';

/** Errors: `CONNECTION_UNKNOWN`; `CONNECTION_IN_USE` where a document names it. */
export const deleteConnection = (
  deps: ConnectionDeps,
  { orgId, actor, name }: { readonly orgId: string; readonly actor: string; readonly name: string },
): Promise<void> =>
  deps.store.db.transaction(async (tx) => {
    const row = await findConnection(tx, orgId, name, { lock: true });
    const users = await usersOfConnection(deps, tx, orgId, name);
    if (users.length > 0)
      throw new UseCaseError(
        'CONNECTION_IN_USE',
        'conflict',
        `Pipelines use this connection: ${namesOf(users)}. Have their stages name another one first.`,
        { params: { pipelines: pipelinesOf(users) } },
      );
    await tx.delete(connections).where(and(eq(connections.orgId, orgId), eq(connections.name, name)));
    const at = deps.clock.now();
    const detail = `${row.kind} ${kindOf(row).addressOf(row.settings)}`;
    await recordAudit(tx, { at, orgId, actor, action: 'connection.delete', target: name, detail });
  });
