import type { Field } from '../../document/fields.ts';
import { CheckField, TextField } from '../../kit/field.tsx';
import { useText } from '../../reader/use-text.ts';

interface SecretFieldProps {
  readonly field: Field;
  /** There is one, which nobody is shown. */
  readonly isKept: boolean;
  /** Settings have changed, and what was given for others is not kept. */
  readonly isAskedAnew: boolean;
  /** Given anew; null: taken away; undefined: as it is. */
  readonly value: string | null | undefined;
  readonly problems: readonly string[];
  readonly onChange: (value: string | null | undefined) => void;
}

/** Something secret: it can be given anew or taken away, and is never shown. */
export const SecretField = ({ field, isKept, isAskedAnew, value, problems, onChange }: SecretFieldProps) => {
  const { t } = useText();
  const state = !isKept ? undefined : t(isAskedAnew ? 'connections.secretAnew' : 'connections.secretKept');
  const hint = problems.length > 0 ? problems.join(' ') : state;
  return (
    <>
      <TextField
        label={field.title}
        type="password"
        autoComplete="new-password"
        disabled={value === null}
        aria-invalid={problems.length > 0}
        {...(hint === undefined ? {} : { hint })}
        value={value ?? ''}
        onChange={({ target }) => onChange(target.value === '' ? undefined : target.value)}
      />
      {isKept && (
        <CheckField
          label={t('connections.secretRemove', { name: field.title })}
          checked={value === null}
          onChange={({ target }) => onChange(target.checked ? null : undefined)}
        />
      )}
    </>
  );
};
