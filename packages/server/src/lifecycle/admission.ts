import type { Reservation, ResourceConfig } from '@penstock/model';
import type { GrantResource, Mode } from '@penstock/modes';
import { type Balances, readBalances, requireRoom } from '../resources/balances.ts';
import type { Database } from '../store/open-store.ts';

const FREE_BY = 'Ask for less, stop or pause another pipeline, or raise the grant.';

/**
 * Decides whether a run may take its resources, and how much. The caller holds the organisation's row and writes the
 * run in the same transaction, so two starts at once never spend the same CU.
 * Errors: `RESOURCE_NOT_REQUESTED` (61128), `RESOURCE_NOT_ENOUGH` (61126).
 */
export const admit = async (
  db: Database,
  orgId: string,
  mode: Pick<Mode, 'grants' | 'family' | 'reservation'>,
  resources: ResourceConfig,
): Promise<Reservation> => {
  const reservation = mode.reservation(resources);
  const taken: Record<GrantResource, number> = {
    standalone: reservation.standaloneMilli,
    'cluster-server': reservation.serverMilli,
    'cluster-yarn': reservation.yarnMilli,
  };
  const balances: Balances = await readBalances(db, orgId);
  const words = { family: mode.family, freeBy: FREE_BY };
  // A resource that was never granted is told before one of which too little is left.
  const inOrder = [...mode.grants].sort(
    (a, b) => Number(balances[a].granted !== undefined) - Number(balances[b].granted !== undefined),
  );
  for (const resource of inOrder) requireRoom(resource, balances[resource], taken[resource], words);
  return reservation;
};
