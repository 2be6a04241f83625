import { useEffect, useSyncExternalStore } from 'react';
import type { Action } from './action.ts';

/** What can be done at the moment: the shell's own actions, and those of the page that is shown. */
let sets: readonly (readonly Action[])[] = [];
let all: readonly Action[] = [];
const listeners = new Set<() => void>();

const change = (next: readonly (readonly Action[])[]): void => {
  sets = next;
  all = sets.flat();
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** All actions that are there now. */
export const useAllActions = (): readonly Action[] => useSyncExternalStore(subscribe, () => all);

export const allActions = (): readonly Action[] => all;

/** Offers actions while the component that says so is shown. The list has to be the same from render to render. */
export const useActions = (actions: readonly Action[]): void => {
  useEffect(() => {
    change([...sets, actions]);
    return () => change(sets.filter((set) => set !== actions));
  }, [actions]);
};
