/** What of a keyboard event counts. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey?: boolean;
  readonly repeat: boolean;
}

/** How long the second key of a sequence is waited for. */
export const SEQUENCE_MS = 1200;

/** The name of a key as shortcuts write it; undefined for what no shortcut has. */
export const nameOfPress = ({ key, ctrlKey, metaKey, altKey, shiftKey, repeat }: KeyPress): string | undefined => {
  if (repeat || altKey || key.length === 0 || ['Control', 'Meta', 'Shift', 'Alt'].includes(key)) return undefined;
  const name = key.length === 1 ? key.toUpperCase() : key;
  if (!ctrlKey && !metaKey) return name;
  return shiftKey === true ? `Mod+Shift+${name}` : `Mod+${name}`;
};

export interface KeyMatch {
  /** The shortcut that is complete. */
  readonly found?: string;
  /** What has been pressed of a longer one. */
  readonly pending: string;
}

/** What a key press comes to, after the keys that were pressed just before it. */
export const matchKeys = (shortcuts: readonly string[], pending: string, press: string): KeyMatch => {
  for (const typed of pending === '' ? [press] : [`${pending} ${press}`, press]) {
    if (shortcuts.includes(typed)) return { found: typed, pending: '' };
    if (shortcuts.some((keys) => keys.startsWith(`${typed} `))) return { pending: typed };
  }
  return { pending: '' };
};

/** How keys are shown, one after the other. */
export const keyCaps = (keys: string, isApple: boolean): readonly (readonly string[])[] =>
  keys.split(' ').map((part) => part.split('+').map((key) => (key === 'Mod' ? (isApple ? '⌘' : 'Ctrl') : key)));
