import { type Field, readTyped } from '../../document/fields.ts';
import { type JsonValue, shownJson } from '../../document/json.ts';
import { AreaField, CheckField, SelectField, TextField } from '../../kit/field.tsx';

interface SchemaFieldProps {
  readonly field: Field;
  readonly value: JsonValue | undefined;
  /** What the service finds wrong about it. */
  readonly problems: readonly string[];
  /** undefined: it has no value. */
  readonly onChange: (value: JsonValue | undefined) => void;
}

/** A setting as its schema describes it. */
export const SchemaField = ({ field, value, problems, onChange }: SchemaFieldProps) => {
  const now = value ?? field.fallback;
  const label = field.isRequired ? `${field.title} *` : field.title;
  const hint = problems.length > 0 ? problems.join(' ') : field.description.replaceAll('`', '');
  const common = { label, hint, 'aria-invalid': problems.length > 0 };
  const typed = (text: string): void => onChange(text === '' ? undefined : readTyped(field, text));
  switch (field.kind) {
    case 'switch':
      return <CheckField label={label} checked={now === true} onChange={({ target }) => onChange(target.checked)} />;
    case 'choice':
      return (
        <SelectField
          {...common}
          value={shownJson(now)}
          options={field.options}
          onChange={({ target }) => onChange(target.value)}
        />
      );
    case 'area':
      return (
        <AreaField
          {...common}
          rows={3}
          spellCheck={false}
          value={shownJson(value)}
          onChange={({ target }) => typed(target.value)}
        />
      );
    default:
      return (
        <TextField
          {...common}
          inputMode={field.kind === 'number' ? 'numeric' : 'text'}
          autoComplete="off"
          placeholder={shownJson(field.fallback)}
          value={shownJson(value)}
          onChange={({ target }) => typed(target.value)}
        />
      );
  }
};
