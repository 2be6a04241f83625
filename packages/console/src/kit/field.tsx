import { type ComponentPropsWithRef, type InputHTMLAttributes, type SelectHTMLAttributes, useId } from 'react';
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
