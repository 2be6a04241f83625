import styles from './value.module.css';

interface ViewChoiceProps<T extends string> {
  /** What is chosen here, for those who cannot see it. */
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly name: string }[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
}

/** In which of some ways the same is shown. */
export const ViewChoice = <T extends string>({ label, options, chosen, onChoose }: ViewChoiceProps<T>) => (
  <div className={styles.views} role="group" aria-label={label}>
    {options.map(({ value, name }) => (
      <button
        key={value}
        type="button"
        className={styles.view}
        aria-pressed={value === chosen}
        onClick={() => onChoose(value)}
      >
        {name}
      </button>
    ))}
  </div>
);
