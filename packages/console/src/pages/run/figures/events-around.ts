/** A marker is of what was written down; the events of it may be a little before or after. */
const AROUND_MS = 10_000;

/** Events about a moment, in the order in which they happened. `at`: Unix ms. */
export const eventsAround = <T extends { readonly at: number }>(events: readonly T[], at: number): readonly T[] =>
  events.filter((event) => Math.abs(event.at - at) <= AROUND_MS).toSorted((one, other) => one.at - other.at);
