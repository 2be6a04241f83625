import { useSyncExternalStore } from 'react';

/** How often pages ask for figures while they are live. What happens is told by the service as it happens. */
const INTERVAL_MS = 2000;

let paused = false;
let cutOff = false;
const listeners = new Set<() => void>();

const tell = (): void => {
  for (const listener of listeners) listener();
};

export const toggleLive = (): void => {
  paused = !paused;
  tell();
};

/** Whoever listens to the service says whether it is heard. */
export const setCutOff = (isCutOff: boolean): void => {
  cutOff = isCutOff;
  tell();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Whether updates were paused by whoever looks. */
export const usePaused = (): boolean => useSyncExternalStore(subscribe, () => paused);

/** Whether the service, which tells of what happens, is not heard at the moment. */
export const useCutOff = (): boolean => useSyncExternalStore(subscribe, () => cutOff);

/** For `refetchInterval`: queries of one page share it. A hidden tab asks for nothing. */
export const useLiveInterval = (): number | false => (usePaused() ? false : INTERVAL_MS);

/** The same for what costs the service more to answer, or changes less: so many times as rarely. */
export const useSlowly = (times = 5): number | false => {
  const interval = useLiveInterval();
  return interval === false ? false : times * interval;
};
