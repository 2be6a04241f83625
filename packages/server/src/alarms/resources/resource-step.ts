import type { Balance } from '../../resources/balances.ts';

/** What people are told of a resource: that little of it is left, or that there is enough again. */
export type ResourceNotice = 'raised' | 'recovered';

/** How much of a grant is used, in percent; undefined where there is no grant. A grant of nothing is used up by anything. */
export const percentOf = ({ granted, used }: Balance): number | undefined => {
  if (granted === undefined) return undefined;
  if (granted === 0) return used > 0 ? 100 : 0;
  return Math.floor((used * 100) / granted);
};

/**
 * What has changed for a resource of which people are told from so many percent on. Pure. A grant that was withdrawn
 * cannot run out.
 */
export const stepResource = (isRaised: boolean, balance: Balance, warnPercent: number): ResourceNotice | undefined => {
  const percent = percentOf(balance);
  const isScarce = percent !== undefined && percent >= warnPercent;
  if (isScarce === isRaised) return undefined;
  return isScarce ? 'raised' : 'recovered';
};
