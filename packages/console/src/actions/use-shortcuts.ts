import { useEffect } from 'react';
import { matchKeys, nameOfPress, SEQUENCE_MS } from './keys.ts';
import { allActions } from './registry.ts';

const FIELDS = 'input, textarea, select, [contenteditable="true"]';

/** While somebody types, or answers a dialog, keys mean what they say. */
const isBusy = (target: EventTarget | null): boolean =>
  (target instanceof Element && target.closest(FIELDS) !== null) || document.querySelector('[role="dialog"]') !== null;

/** Runs the actions whose keys are pressed. */
export const useShortcuts = (): void => {
  useEffect(() => {
    let pending = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      const press = nameOfPress(event);
      if (press === undefined) return;
      // What has a modifier is no text: it works in fields too, but not over a dialog.
      // What is inside of an editor looks from outside like the editor itself.
      if (
        isBusy(event.composedPath()[0] ?? event.target) &&
        !(press.startsWith('Mod+') && document.querySelector('[role="dialog"]') === null)
      )
        return;
      const actions = allActions().filter(({ isNative }) => isNative !== true);
      const match = matchKeys(
        actions.flatMap(({ keys }) => keys ?? []),
        pending,
        press,
      );
      pending = match.pending;
      clearTimeout(timer);
      timer = setTimeout(() => {
        pending = '';
      }, SEQUENCE_MS);
      const action = match.found === undefined ? undefined : actions.findLast(({ keys }) => keys === match.found);
      if (action === undefined) return;
      event.preventDefault();
      action.run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('keydown', onKeyDown);
    };
  }, []);
};
