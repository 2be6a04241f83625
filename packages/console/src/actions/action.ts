import type { PlainKey } from '../messages/translate.ts';

export type ActionGroup = 'go' | 'do' | 'view';

/**
 * Something that can be done, as data: buttons, the command palette, keys and the sheet of shortcuts all read it from
 * here, so that none of them knows more than another.
 */
export interface Action {
  readonly id: string;
  readonly group: ActionGroup;
  readonly label: PlainKey;
  /** Instead of the plain label where it names something: a pipeline, say. */
  readonly text?: string;
  /** Other words somebody may look for, in any language. */
  readonly keywords?: readonly string[];
  /** `Mod+K`, `?`, or keys one after the other: `G P`. */
  readonly keys?: string;
  /** The browser's own keys do it: copying, say. The sheet of shortcuts tells of it. */
  readonly isNative?: boolean;
  readonly run: () => void;
}

/** Actions whose name or keywords have all words of a query in them, in the order given. */
export const matchActions = (
  actions: readonly Action[],
  query: string,
  nameOf: (action: Action) => string,
): readonly Action[] => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return actions;
  return actions.filter((action) => {
    const text = [nameOf(action), action.id, ...(action.keywords ?? [])].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
};
