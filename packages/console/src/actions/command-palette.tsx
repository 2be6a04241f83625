import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { Dialog } from '../kit/dialog.tsx';
import { useText } from '../reader/use-text.ts';
import { type Action, matchActions } from './action.ts';
import { KeyCaps } from './key-caps.tsx';
import styles from './overlay.module.css';
import { useAllActions } from './registry.ts';

/** Everything that can be done here, to be found by typing. */
export const CommandPalette = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useText();
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const actions = useAllActions();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const nameOf = (action: Action): string => action.text ?? t(action.label);
  const offered = actions.filter(({ isNative }) => isNative !== true);
  const found = matchActions(offered, query, nameOf);
  const chosen = Math.min(at, found.length - 1);
  const run = (action: Action | undefined): void => {
    if (action === undefined) return;
    onClose();
    action.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((chosen + step + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[chosen]);
    }
  };
  return (
    <Dialog title={t('actions.palette')} onClose={onClose} focusFirst={input}>
      <input
        ref={input}
        className={styles.input}
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-label={t('actions.palettePlaceholder')}
        aria-activedescendant={found.length === 0 ? undefined : `${listId}-${chosen}`}
        placeholder={t('actions.palettePlaceholder')}
        value={query}
        onChange={({ target }) => {
          setQuery(target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={listId} role="listbox" aria-label={t('actions.palette')} className={styles.list}>
        {found.map((action, index) => (
          <PaletteOption
            key={action.id}
            id={`${listId}-${index}`}
            action={action}
            name={nameOf(action)}
            isChosen={index === chosen}
            onRun={() => run(action)}
          />
        ))}
      </div>
      {found.length === 0 && <p className={styles.hint}>{t('actions.none')}</p>}
    </Dialog>
  );
};

interface PaletteOptionProps {
  readonly id: string;
  readonly action: Action;
  readonly name: string;
  readonly isChosen: boolean;
  readonly onRun: () => void;
}

const PaletteOption = ({ id, action, name, isChosen, onRun }: PaletteOptionProps) => {
  const { t } = useText();
  return (
    // The keyboard is at the field above, which says which option is chosen.
    <div id={id} role="option" tabIndex={-1} aria-selected={isChosen} className={styles.option} onMouseDown={onRun}>
      <span>
        <span className={styles.hint}>{t(`actions.group.${action.group}`)}</span> {name}
      </span>
      {action.keys !== undefined && <KeyCaps keys={action.keys} />}
    </div>
  );
};
