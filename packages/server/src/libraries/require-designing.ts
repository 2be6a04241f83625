import { readBalances, requireRoom } from '../resources/balances.ts';
import { designingMilliOf, RESOURCE_TITLE } from '../resources/resource-types.ts';
import type { Database } from '../store/open-store.ts';
import { readInstalledLibraries } from '../use-case/read-libraries.ts';

/** That there is room for one library more. Errors: `RESOURCE_NOT_REQUESTED`, `RESOURCE_NOT_ENOUGH`. */
export const requireDesigning = async (tx: Database, orgId: string): Promise<void> => {
  const installed = await readInstalledLibraries(tx, orgId);
  const balance = (await readBalances(tx, orgId))['stream-designing'];
  const wanted = designingMilliOf(installed.length + 1) - balance.used;
  requireRoom('stream-designing', balance, wanted, {
    family: RESOURCE_TITLE['stream-designing'],
    freeBy: '1 CU lets three libraries be installed. Uninstall one that no pipeline needs, or raise the grant.',
  });
};
