import type { GivenAssets } from '@penstock/testkit';
import { CHAOS_ASSETS, CHAOS_MODEL } from '../chaos-input.ts';

/** Assets of the second source begin here: every asset comes by one of the two, so that its records have an order. */
export const SECOND_ASSETS = 1000;

/** Two of three assets are in the store. */
const isKnown = (number: number): boolean => number % 3 !== 0;

/** What the organisation has in its asset store. */
export const WIDE_ASSETS: GivenAssets = Object.fromEntries(
  [0, SECOND_ASSETS].flatMap((first) =>
    Array.from({ length: CHAOS_ASSETS }, (_, i) => first + i)
      .filter(isKnown)
      .map((number) => [
        `pump${String(number).padStart(4, '0')}`,
        {
          modelIdPath: `/root/${CHAOS_MODEL}`,
          name: `Pumpe ${number}`,
          attributes: { rated: number / 4, place: { hall: number % 5 } },
          tags: { hall: `hall-${number % 5}`, kind: 'unused' },
        },
      ]),
  ),
);
