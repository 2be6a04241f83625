import { messageOf } from '@penstock/model';
import { createAddressRules } from '@penstock/outbound';
import { deliverDue } from '../alarms/delivery/courier.ts';
import { createMailer } from '../alarms/delivery/mailer.ts';
import type { SendDeps } from '../alarms/delivery/send.ts';
import { watchResources } from '../alarms/resources/resource-watch.ts';
import { AlarmWatch } from '../alarms/watch/alarm-watch.ts';
import { Rounds } from '../alarms/watch/rounds.ts';
import type { Foundation } from './foundation.ts';

const LOOK_EVERY_MS = 5_000;
/** What is used of resources changes by starts and stops, and runs out over days. */
const LOOK_AT_RESOURCES_EVERY_MS = 60_000;
/** Others write deliveries too, and some are to be tried again. */
const DELIVER_EVERY_MS = 3_000;

export interface Alarms {
  /** What it takes to send something to a receiver. */
  readonly sending: SendDeps;
  start(): void;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/** The watch over pipelines' alarms and the courier that tells people, of this instance; not started yet. */
export const openAlarms = (foundation: Foundation): Alarms => {
  const { settings, clock, seal, store, site, instanceId, newId } = foundation;
  const log = foundation.logger.child({ part: 'alarms' });
  const { smtp, giveUpMs } = settings.alarms;
  const sending: SendDeps = {
    clock,
    seal,
    rules: createAddressRules(settings.outboundNetworks),
    mailer: smtp === undefined ? undefined : createMailer(smtp),
  };
  const isAtHome = () => site.isOwn;
  const courier = new Rounds(
    () => deliverDue({ ...sending, store, isAtHome, log }),
    DELIVER_EVERY_MS,
    (error) => log.error({ reason: messageOf(error) }, 'alarms cannot be delivered'),
  );
  const watch = new AlarmWatch({
    store,
    clock,
    instanceId,
    newId,
    giveUpMs,
    isAtHome,
    onTold: () => courier.wake(),
    log,
  });
  const looking = new Rounds(
    () => watch.round(),
    LOOK_EVERY_MS,
    (error) => log.error({ reason: messageOf(error) }, 'alarms cannot be looked at'),
  );
  const resources = new Rounds(
    () =>
      watchResources({
        store,
        clock,
        newId,
        giveUpMs,
        isAtHome,
        warnPercent: settings.alarms.resourcePercent,
        onTold: () => courier.wake(),
        log,
      }),
    LOOK_AT_RESOURCES_EVERY_MS,
    (error) => log.error({ reason: messageOf(error) }, 'resources cannot be looked at'),
  );
  return {
    sending,
    start: () => {
      looking.start();
      resources.start();
      courier.start();
    },
    stop: async () => {
      await looking.stop();
      await resources.stop();
      await courier.stop();
    },
  };
};
