import type { Modes } from '@penstock/modes';
import { Presence } from '../presence/presence.ts';
import { ReachWatch } from '../presence/reach-watch.ts';
import { VERSION } from '../version.ts';
import type { Foundation } from './foundation.ts';

/** Signs of life of this instance, and the looks at what it depends on; neither has begun. */
export const openPresence = (foundation: Foundation, modes: Modes): { presence: Presence; reach: ReachWatch } => {
  const { store, settings, clock, site, host, instanceId, endpoint, kafkaAccess, logger } = foundation;
  const startedAt = clock.now();
  const presence = new Presence({
    db: store.db,
    own: () => {
      const seenAt = clock.now();
      return {
        instanceId,
        host,
        version: VERSION,
        node: process.version,
        url: endpoint.url(),
        supervises: settings.supervise && site.isOwn,
        startedAt,
        seenAt,
        clockOffsetMs: Date.now() - seenAt,
      };
    },
    onTrouble: (reason) => logger.warn({ reason }, 'this instance could not show a sign of life'),
  });
  const kafka = { name: 'kafka', check: async () => void (await (await kafkaAccess.admin()).describeCluster()) };
  const reach = new ReachWatch([
    { name: 'database', check: () => store.ping() },
    ...(settings.kafka === undefined ? [] : [kafka]),
    ...modes.all.flatMap((mode) => mode.reach ?? []),
  ]);
  return { presence, reach };
};
