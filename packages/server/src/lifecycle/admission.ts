import type { Reservation, ResourceConfig } from '@penstock/model';
import type { GrantResource, Mode } from '@penstock/modes';
import { type Balance, type Balances, readBalances } from '../organizations/grants.ts';
import type { Database } from '../store/open-store.ts';
import { UseCaseError } from '../use-case/use-case.ts';

/** What a resource is called in messages for people. */
const TITLE: Record<GrantResource, string> = {
  standalone: 'Standalone Processing',
  'cluster-server': 'Cluster Processing (server)',
  'cluster-yarn': 'Cluster Processing (Yarn)',
};

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
  for (const resource of mode.grants)
    if (balances[resource].granted === undefined)
      throw new UseCaseError(
        'RESOURCE_NOT_REQUESTED',
        'quota',
        `The organisation has no grant of ${TITLE[resource]}. Grant it, then start again.`,
        { params: { resource: mode.family } },
      );
  for (const resource of mode.grants) {
    const milli = taken[resource];
    const short = shortage(balances[resource], milli);
    if (short !== undefined)
      throw new UseCaseError('RESOURCE_NOT_ENOUGH', 'quota', `${TITLE[resource]}: ${short}`, {
        params: { resource, wanted: milli / 1000 },
      });
  }
  return reservation;
};

const shortage = ({ granted = 0, used }: Balance, wanted: number): string | undefined =>
  used + wanted <= granted
    ? undefined
    : `${wanted / 1000} CU asked for, ${Math.max(0, granted - used) / 1000} of ${granted / 1000} CU left. ` +
      'Ask for less, stop or pause another pipeline, or raise the grant.';
