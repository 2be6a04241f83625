import type { Heartbeat } from '@penstock/model';

/** Characters of a message that are kept. */
export const MAX_MESSAGE = 4000;

/**
 * A heartbeat with its messages as they are kept: of bounded length, and without characters the database refuses.
 * Events are told apart by their message, so all of them are cut alike.
 */
export const clipHeartbeat = (heartbeat: Heartbeat): Heartbeat => {
  const { failure, waiting } = heartbeat;
  return {
    ...heartbeat,
    events: heartbeat.events.map((event) => ({ ...event, message: clip(event.message) })),
    ...(failure === undefined ? {} : { failure: { ...failure, message: clip(failure.message) } }),
    ...(waiting === undefined ? {} : { waiting: { ...waiting, message: clip(waiting.message) } }),
  };
};

const clip = (message: string): string => {
  const storable = message.replaceAll('\u0000', '\ufffd').toWellFormed();
  return storable.length <= MAX_MESSAGE ? storable : `${storable.slice(0, MAX_MESSAGE - 1)}…`;
};
