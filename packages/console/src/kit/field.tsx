import {
  type ComponentPropsWithRef,
  type InputHTMLAttributes,
  type RefObject,
  type SelectHTMLAttributes,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import styles from './field.module.css';

interface Labelled {
  readonly label: string;
  readonly hint?: string | undefined;
  /** The name is for those who cannot see the field; others see what is in it. */
  readonly hideLabel?: boolean;
}

export const TextField = ({ label, hint, hideLabel, ...rest }: Labelled & ComponentPropsWithRef<'input'>) => {
  const id = useId();
  if (hideLabel === true) return <input {...rest} aria-label={label} className={styles.control} />;
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <input
        {...rest}
        id={id}
        className={styles.control}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
      />
      {hint !== undefined && (
        <span id={`${id}-hint`} className={styles.hint}>
          {hint}
        </span>
      )}
    </div>
  );
};

export const AreaField = ({
  label,
  hint,
  ...rest
}: Omit<Labelled, 'hideLabel'> & ComponentPropsWithRef<'textarea'>) => {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <textarea
        {...rest}
        id={id}
        className={`${styles.control} ${styles.area}`}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
      />
      {hint !== undefined && (
        <span id={`${id}-hint`} className={styles.hint}>
          {hint}
        </span>
      )}
    </div>
  );
};

export interface Option {
  readonly value: string;
  readonly text: string;
  readonly disabled?: boolean;
}

export const SelectField = ({
  label,
  hint,
  hideLabel,
  options,
  ...rest
}: Labelled & { readonly options: readonly Option[] } & SelectHTMLAttributes<HTMLSelectElement>) => {
  const id = useId();
  const select = (
    <select {...rest} id={id} className={styles.control} {...(hideLabel === true ? { 'aria-label': label } : {})}>
      {options.map(({ value, text, disabled }) => (
        <option key={value} value={value} disabled={disabled === true}>
          {text}
        </option>
      ))}
    </select>
  );
  if (hideLabel === true) return select;
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {select}
      {hint !== undefined && <span className={styles.hint}>{hint}</span>}
    </div>
  );
};

export const CheckField = ({ label, ...rest }: { readonly label: string } & InputHTMLAttributes<HTMLInputElement>) => (
  <label className={styles.check}>
    <input type="checkbox" {...rest} />
    <span>{label}</span>
  </label>
);

/** While somebody types, nothing is looked for at every letter. */
const TYPING_MS = 250;

interface SearchFieldProps {
  /** What it is called, and what stands in it while it is empty. */
  readonly label: string;
  /** What is looked for: usually it stands in the address. */
  readonly value: string;
  readonly onSearch: (text: string) => void;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
}

/** A field for what is looked for. It follows what the address says, for whoever goes back or shows all again. */
export const SearchField = ({ label, value, onSearch, inputRef }: SearchFieldProps) => {
  const [typed, setTyped] = useState(value);
  // What was typed since it was told is not taken back when the address comes to say what was told.
  const told = useRef(value);
  const tell = useRef(onSearch);
  tell.current = onSearch;
  useEffect(() => {
    if (value !== told.current) setTyped(value);
    told.current = value;
  }, [value]);
  useEffect(() => {
    const text = typed.trim() === '' ? '' : typed;
    if (text === told.current) return undefined;
    const timer = setTimeout(() => {
      told.current = text;
      tell.current(text);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <input
      ref={inputRef}
      type="search"
      className={styles.control}
      aria-label={label}
      placeholder={label}
      maxLength={200}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
    />
  );
};
