import type { System } from '@penstock/client/session';

/** More than this between the clocks of a machine and of the database is worth a word. */
const CLOCK_WARN_MS = 2000;

/** How far the machine's clock is ahead of the database's, ms; negative where it is behind. */
export const clockOffsetOf = ({ database }: System): number => database.machineNow - database.now;

/** What is wrong with an installation. */
export type Trouble =
  | { readonly kind: 'foreign' }
  | { readonly kind: 'clock'; readonly offsetMs: number }
  | { readonly kind: 'provider'; readonly issuer: string; readonly why: string };

/** Everything that somebody has to see to. */
export const troublesOf = (system: System): readonly Trouble[] => {
  const { site, signInProvider: provider } = system;
  const offsetMs = clockOffsetOf(system);
  return [
    ...(site.isOwn ? [] : [{ kind: 'foreign' as const }]),
    ...(Math.abs(offsetMs) > CLOCK_WARN_MS ? [{ kind: 'clock' as const, offsetMs }] : []),
    ...(provider === null || provider.trouble === null
      ? []
      : [{ kind: 'provider' as const, issuer: provider.issuer, why: provider.trouble }]),
  ];
};
