import { Autocomplete } from '@base-ui/react/autocomplete';
import { useId, useState } from 'react';
import fieldStyles from '../../../kit/field.module.css';
import styles from './combobox.module.css';

export interface Suggestion {
  readonly value: string;
  /** What it is: a name, a unit. */
  readonly hint?: string;
}

export interface ComboboxProps {
  readonly label: string;
  /** The name is for those who cannot see the field; others see what is in it. */
  readonly hideLabel?: boolean;
  readonly value: string;
  readonly suggestions: readonly Suggestion[];
  /** What is to be said of them: that they are being read, that there are more. */
  readonly status: string;
  readonly isDisabled?: boolean;
  readonly isWrong?: boolean;
  /** In place of the look of a field by itself. */
  readonly className?: string | undefined;
  /** Names the field for who looks for it in the page. */
  readonly cell?: string;
  /** A value after which there is more to pick: the list stays open. */
  readonly goesOn?: (value: string) => boolean;
  readonly onChange: (value: string) => void;
  readonly onOpen?: (isOpen: boolean) => void;
}

/** A text field that suggests what there is. Anything else can be typed too: it may come to be later. */
export const Combobox = (props: ComboboxProps) => {
  const { label, hideLabel, value, suggestions, status, isDisabled, isWrong, className, cell } = props;
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  // Beside the page's own content, where who goes from landmark to landmark finds it.
  const [landmark, setLandmark] = useState<HTMLElement | null>(null);
  const open = (next: boolean): void => {
    if (next) setLandmark(document.querySelector('main'));
    setOpen(next);
    props.onOpen?.(next);
  };
  const input = (
    <Autocomplete.Input
      id={id}
      className={className ?? fieldStyles.control}
      autoComplete="off"
      spellCheck={false}
      aria-invalid={isWrong === true}
      {...(hideLabel === true ? { 'aria-label': label } : {})}
      {...(cell === undefined ? {} : { 'data-cell': cell })}
    />
  );
  return (
    <Autocomplete.Root
      items={suggestions}
      filter={null}
      value={value}
      disabled={isDisabled === true}
      open={isOpen}
      onOpenChange={open}
      openOnInputClick
      itemToStringValue={({ value: text }: Suggestion) => text}
      onValueChange={(text, { reason }) => {
        // Escape closes the list; what was written stays, where this kind of field would be emptied.
        if (reason === 'escape-key') return;
        props.onChange(text);
        if (reason === 'item-press' && props.goesOn?.(text) === true) queueMicrotask(() => open(true));
      }}
    >
      {hideLabel === true ? (
        input
      ) : (
        <div className={fieldStyles.field}>
          <label htmlFor={id} className={fieldStyles.label}>
            {label}
          </label>
          {input}
        </div>
      )}
      <Autocomplete.Portal {...(landmark === null ? {} : { container: landmark })}>
        <Autocomplete.Positioner className={styles.positioner} align="start" sideOffset={2}>
          <Autocomplete.Popup className={styles.popup}>
            <Autocomplete.Status className={styles.status}>{status}</Autocomplete.Status>
            <Autocomplete.List className={styles.list} aria-label={label}>
              {(suggestion: Suggestion) => (
                <Autocomplete.Item key={suggestion.value} value={suggestion} className={styles.item}>
                  <span className={styles.value}>{suggestion.value}</span>
                  {suggestion.hint !== undefined && <span className={styles.hint}>{suggestion.hint}</span>}
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
};
